import { assert, describe, it } from "@effect/vitest"
import { nobleHashes } from "@keystead/http/auth/Hashes"
import fc from "fast-check"
import { nodeHashes } from "../src/serve/NodeHashes.ts"

describe("NodeHashes", () => {
  it("gives what noble gives, for keys and messages of any length", () => {
    const bytes = fc.uint8Array({ maxLength: 200 })
    fc.assert(fc.property(bytes, bytes, (key, data) => {
      assert.deepStrictEqual(
        Uint8Array.from(nodeHashes.hmacSha256(key, data)),
        Uint8Array.from(nobleHashes.hmacSha256(key, data))
      )
      assert.deepStrictEqual(Uint8Array.from(nodeHashes.sha256(data)), Uint8Array.from(nobleHashes.sha256(data)))
      assert.strictEqual(nodeHashes.sha256Hex(data), nobleHashes.sha256Hex(data))
    }))
  })

  it("hashes text as its UTF-8", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
      assert.strictEqual(nodeHashes.sha256Hex(text), nobleHashes.sha256Hex(text))
    }))
  })
})
