import {
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier
} from "@aws-crypto/client-node"
import { assert, describe, it } from "@effect/vitest"
import * as Envelope from "../../src/envelope/Envelope.ts"
import file from "../vectors/envelope.json" with { type: "json" }
import { rawAes } from "./RawAes.ts"
import { errorOf, openPieces, run } from "./Support.ts"
import { refusals, vectors } from "./VectorCases.ts"

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"))
const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)

const dataKeysOf = (from: string) => {
  const vector = file.vectors.find(({ name }) => name === from)
  return rawAes((vector?.keys ?? []).map((key) => ({ ...key, key: bytes(key.key) })))
}

describe("the envelope's vectors", () => {
  it("are what sealing gives today", () => {
    assert.deepStrictEqual(file.vectors, vectors())
    assert.deepStrictEqual(file.refusals, refusals(vectors()))
  })

  it.each(file.vectors)("open here: $name", async ({ message, name, ...vector }) => {
    const opened = await run(Envelope.open(bytes(message), { dataKeys: dataKeysOf(name) }))
    assert.deepStrictEqual(opened.plaintext, bytes(vector.plaintext))
    assert.deepStrictEqual({ ...opened.encryptionContext }, { ...vector.encryptionContext })
  })

  it.each(file.vectors)("open with @aws-crypto/client-node: $name", async ({ keys, message, plaintext }) => {
    for (const { key, name, namespace } of keys) {
      const keyring = new RawAesKeyringNode({
        keyName: name,
        keyNamespace: namespace,
        unencryptedMasterKey: bytes(key),
        wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
        utf8Sorting: true
      })
      const opened = await client.decrypt(keyring, Buffer.from(message, "hex"))
      assert.deepStrictEqual(Uint8Array.from(opened.plaintext), bytes(plaintext))
    }
  })

  it.each(file.refusals)("are refused: $name", async ({ error, from, message }) => {
    const dataKeys = dataKeysOf(from)
    assert.strictEqual((await errorOf(Envelope.open(bytes(message), { dataKeys })))._tag, error)
    assert.strictEqual((await errorOf(openPieces([bytes(message)], { dataKeys })))._tag, error)
  })
})
