import { assert, it } from "@effect/vitest"
import { nodeHashes } from "@keystead/cli/serve/NodeHashes"
import { nobleHashes } from "@keystead/http/auth/Hashes"
import * as fc from "fast-check"

it("Node's hashes are noble's", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 300 }), (key, data) => {
      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")
      assert.strictEqual(hex(nodeHashes.sha256(data)), hex(nobleHashes.sha256(data)))
      assert.strictEqual(nodeHashes.sha256Hex(data), hex(nobleHashes.sha256(data)))
      assert.strictEqual(hex(nodeHashes.hmacSha256(key, data)), hex(nobleHashes.hmacSha256(key, data)))
    }),
    { examples: [[new Uint8Array(64), new Uint8Array(0)], [new Uint8Array(65).fill(1), new Uint8Array(55)]] }
  ))
