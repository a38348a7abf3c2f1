import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  type KeyringNode,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier
} from "@aws-crypto/client-node"
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import * as Envelope from "../../src/envelope/Envelope.ts"
import { rawAes, type RawAesKey } from "./RawAes.ts"
import { aKey, cutAt, errorOf, openPieces, pattern, run, sealPieces } from "./Support.ts"

const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY

/** The SDK's keyring over the same key. It overwrites the key that it is given. */
const keyringOf = ({ key, name, namespace }: RawAesKey): KeyringNode =>
  new RawAesKeyringNode({
    keyName: name,
    keyNamespace: namespace,
    unencryptedMasterKey: key.slice(),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    utf8Sorting: true
  })

const keyringOfAll = (keys: ReadonlyArray<RawAesKey>): KeyringNode => {
  const [generator, ...children] = keys.map(keyringOf)
  if (generator === undefined) throw new Error("There is no keyring without keys")
  return new MultiKeyringNode({ generator, children })
}

/** Lengths around the borders of frames, where mistakes would be. */
const sizes = fc.record({
  frameLength: fc.integer({ min: 1, max: 200 }),
  frames: fc.nat(3),
  more: fc.integer({ min: -2, max: 2 })
})
  .map(({ frameLength, frames, more }) => ({ frameLength, length: Math.max(0, frames * frameLength + more) }))

const text = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => text.isWellFormed())
const contexts = fc.dictionary(text.filter((key) => !key.startsWith("aws-crypto-")), text, { maxKeys: 5 })
const keyNumbers = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
const places = fc.array(fc.nat(), { maxLength: 5 })

describe("@aws-crypto/client-node and Keystead", () => {
  it("open what the other sealed: here to there", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, contexts, keyNumbers, places, async ({ frameLength, length }, context, numbers, cuts) => {
        const keys = numbers.map(aKey)
        const plaintext = pattern(length)
        const options = { dataKeys: rawAes(keys), encryptionContext: context, frameLength }
        const message = await run(sealPieces(cutAt(plaintext, cuts), options))
        for (const key of [keys[0], keys.at(-1)]) {
          const there = await client.decrypt(keyringOf(key ?? aKey(0)), Buffer.from(message))
          assert.deepStrictEqual(Uint8Array.from(there.plaintext), plaintext)
          assert.deepStrictEqual({ ...there.messageHeader.encryptionContext }, { ...context })
          assert.strictEqual(there.messageHeader.suiteId, suiteId)
          assert.strictEqual(there.messageHeader.encryptedDataKeys.length, keys.length)
        }
      }),
      { numRuns: 60 }
    )
  })

  it("open what the other sealed: there to here", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, contexts, keyNumbers, places, async ({ frameLength, length }, context, numbers, cuts) => {
        const keys = numbers.map(aKey)
        const plaintext = pattern(length)
        const options = { suiteId, encryptionContext: context, frameLength }
        const { result } = await client.encrypt(keyringOfAll(keys), plaintext, options)
        const dataKeys = rawAes([keys.at(-1) ?? aKey(0)])
        const opened = await run(Envelope.open(result, { dataKeys, encryptionContext: context }))
        assert.deepStrictEqual(opened.plaintext, plaintext)
        assert.deepStrictEqual(opened.encryptionContext, { ...context })
        assert.deepStrictEqual(await run(openPieces(cutAt(result, cuts), { dataKeys })), plaintext)
      }),
      { numRuns: 60 }
    )
  })

  it("part where the message uses what is not supported", async () => {
    const signed = await client.encrypt(keyringOfAll([aKey(1)]), pattern(10))
    const error = await errorOf(Envelope.open(signed.result, { dataKeys: rawAes([aKey(1)]) }))
    assert.strictEqual(error._tag, "UnsupportedMessage")
    assert.match(error.message, /0x0578/)
    const old = buildClient(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
    const version1 = await old.encrypt(keyringOfAll([aKey(1)]), pattern(10))
    const older = await errorOf(Envelope.open(version1.result, { dataKeys: rawAes([aKey(1)]) }))
    assert.strictEqual(older._tag, "UnsupportedMessage")
    assert.match(older.message, /version 1/)
  })
})
