/** Import tokens: for one key and one day. The wrong one never changes a key. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { createDecipheriv, createPrivateKey, createPublicKey, hkdfSync } from "node:crypto"
import { failureOf } from "../support/Failure.ts"
import { forEver, rsaPair, wrapped } from "../support/Importing.ts"
import { records } from "../support/Tamper.ts"
import { account, otherAccount, region, root, rootKeyBytes, type World } from "../support/World.ts"
import { arnOf, externalKey, importWorld, random, stateOf } from "./Support.ts"

const day = 86_400_000
const notOfKey = "InvalidImportTokenException: The import token is not one of this KMS key. "
  + "Get another with GetParametersForImport."
const expired = "ExpiredImportTokenException: The import token has expired. Get another with GetParametersForImport."

/** How an import ends that must change nothing. */
const refusal = Effect.fnUntraced(function*(world: World, input: object, as = world.root) {
  const before = yield* records(world)
  const text = yield* failureOf(as, "ImportKeyMaterial", { ...forEver, ...input })
  assert.deepStrictEqual(yield* records(world), before)
  return text
})

describe("the parameters for an import", () => {
  it.effect("are a public key, a token of at most 6,144 bytes, and the day's end", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const KeyId = yield* externalKey(root)
      yield* TestClock.setTime(1_234_567)
      for (const WrappingKeySpec of ["RSA_2048", "RSA_3072", "RSA_4096"] as const) {
        const given = yield* root.getParametersForImport({
          KeyId,
          WrappingAlgorithm: "RSAES_OAEP_SHA_256",
          WrappingKeySpec
        })
        assert.strictEqual(given.KeyId, arnOf(KeyId))
        assert.deepStrictEqual(given.ParametersValidTo, new Date(1_234_567 + day))
        assert.deepStrictEqual(given.PublicKey, rsaPair(WrappingKeySpec).publicKey)
        assert.isAtMost(given.ImportToken?.length ?? Infinity, 6144)
      }
    }))

  it.effect("are written as docs/formats.md says: node:crypto alone opens a token", () =>
    Effect.gen(function*() {
      const world = yield* importWorld()
      const KeyId = yield* externalKey(world.root)
      yield* TestClock.setTime(1000)
      const { ImportToken = random(1) } = yield* world.root.getParametersForImport({
        KeyId,
        WrappingAlgorithm: "RSAES_OAEP_SHA_256",
        WrappingKeySpec: "RSA_3072"
      })
      const header = Buffer.from(ImportToken.subarray(0, 11))
      const validTo = Buffer.alloc(8)
      validTo.writeBigUInt64BE(BigInt(1000 + day))
      assert.deepStrictEqual(header, Buffer.concat([Buffer.of(1, 1, 1), validTo]))
      const wrappingKey = Buffer.from(hkdfSync("sha512", rootKeyBytes(), "", "Keystead root 1 wrap", 32))
      const cipher = createDecipheriv("aes-256-gcm", wrappingKey, ImportToken.subarray(11, 23))
      cipher.setAAD(Buffer.from(`outside/import/key/${account}/${region}/${KeyId}/${header.toString("hex")}`))
      cipher.setAuthTag(ImportToken.subarray(-16))
      const opened = Buffer.concat([cipher.update(ImportToken.subarray(23, -16)), cipher.final()])
      const key = createPrivateKey({ key: opened, format: "der", type: "pkcs8" })
      const spki = createPublicKey(key).export({ format: "der", type: "spki" })
      assert.deepStrictEqual(Uint8Array.from(spki), rsaPair("RSA_3072").publicKey)
    }))

  it.effect("serve as often as one likes, until they expire at their millisecond", () =>
    Effect.gen(function*() {
      const world = yield* importWorld()
      const KeyId = yield* externalKey(world.root)
      yield* TestClock.setTime(5)
      const sent = yield* wrapped(world.root, KeyId, random(32))
      yield* TestClock.setTime(5 + day - 1)
      yield* world.root.importKeyMaterial({ ...sent, ...forEver })
      yield* world.root.importKeyMaterial({ ...sent, ...forEver })
      yield* TestClock.setTime(5 + day)
      assert.strictEqual(yield* refusal(world, sent), expired)
      yield* TestClock.setTime(5 + 400 * day)
      assert.strictEqual(yield* refusal(world, sent), expired)
      assert.strictEqual(yield* stateOf(world.root, KeyId), "Enabled")
    }))
})

describe("a token", () => {
  it.effect("is refused when any bit of it is changed, or a byte is missing or too many", () =>
    Effect.gen(function*() {
      const world = yield* importWorld()
      const KeyId = yield* externalKey(world.root)
      const sent = yield* wrapped(world.root, KeyId, random(32))
      const whole = sent.ImportToken
      const changed = Array.from(whole, (byte, at) => whole.with(at, byte ^ (1 << (at % 8))))
      // Everything that is read before it is known to be authentic, bit by bit.
      const header = Array.from({ length: 11 * 8 }, (_, bit) =>
        whole.with(bit >> 3, (whole[bit >> 3] ?? 0) ^ (1 << (bit & 7))))
      const cut = [1, 10, 11, 12, 22, 23, 38, 39, whole.length - 1].map((length) =>
        whole.subarray(0, length)
      )
      for (const ImportToken of [...changed, ...header, ...cut, Uint8Array.of(...whole, 0), random(1000)]) {
        assert.strictEqual(
          yield* failureOf(world.root, "ImportKeyMaterial", { ...sent, ...forEver, ImportToken }),
          notOfKey
        )
      }
      assert.strictEqual(yield* refusal(world, { ...sent, ImportToken: random(6144) }), notOfKey)
      assert.strictEqual(yield* stateOf(world.root, KeyId), "PendingImport")
      yield* world.root.importKeyMaterial({ ...sent, ...forEver })
    }))

  it.effect("is of no other key, Region, account or root key, whether or not it has expired", () =>
    Effect.gen(function*() {
      const world = yield* importWorld()
      const stranger = `arn:aws:iam::${otherAccount}:root`
      const strange = yield* importWorld({ store: world.store, rootKey: new Uint8Array(32).fill(8) })
      const places = [world.root, world.as(root, "us-east-1"), world.as(stranger)]
      const KeyId = yield* externalKey(world.root)
      const sent = yield* wrapped(world.root, KeyId, random(32))
      for (const client of places) {
        const other = yield* externalKey(client)
        assert.strictEqual(yield* refusal(world, { ...sent, KeyId: other }, client), notOfKey)
      }
      const elsewhere = yield* importWorld({ rootKey: new Uint8Array(32).fill(8) })
      const foreign = yield* wrapped(elsewhere.root, yield* externalKey(elsewhere.root), random(32))
      assert.strictEqual(yield* refusal(world, { ...foreign, KeyId }), notOfKey)
      assert.match(yield* failureOf(strange.root, "ImportKeyMaterial", { ...sent, ...forEver }), /^IntegrityError/)
      const other = yield* externalKey(world.root)
      yield* TestClock.adjust(day)
      // Whose it is comes before whether it is in time.
      assert.strictEqual(yield* refusal(world, { ...sent, KeyId: other }), notOfKey)
    }))

  it.effect("goes with its own public key only", () =>
    Effect.gen(function*() {
      const world = yield* importWorld()
      const KeyId = yield* externalKey(world.root)
      const one = yield* wrapped(world.root, KeyId, random(32), "RSAES_OAEP_SHA_256", "RSA_2048")
      const other = yield* wrapped(world.root, KeyId, random(32), "RSAES_OAEP_SHA_256", "RSA_3072")
      assert.strictEqual(
        yield* refusal(world, { ...one, ImportToken: other.ImportToken }),
        "InvalidCiphertextException: "
      )
    }))
})
