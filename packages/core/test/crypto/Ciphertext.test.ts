import { assert, describe, it } from "@effect/vitest"
import * as Ciphertext from "@keystead/core/crypto/Ciphertext"
import * as CiphertextBlob from "@keystead/core/crypto/CiphertextBlob"
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { recording } from "../support/RecordingCrypto.ts"

const prefix = CiphertextBlob.prefix(
  { account: "111122223333", region: "eu-west-1", keyId: "1234abcd-12ab-34cd-56ef-1234567890ab" },
  "0".repeat(64)
)

const prepare = Effect.fnUntraced(function*(secret: Uint8Array) {
  return { derivation: yield* (yield* Crypto).derivation(secret), prefix }
})

const sealed = Effect.fnUntraced(function*(secret: Uint8Array, context: Uint8Array, plaintext: Uint8Array) {
  const material = yield* prepare(secret)
  const blob = CiphertextBlob.parse(yield* Ciphertext.seal(material, context, plaintext))
  assert(blob !== undefined)
  return { blob, material }
})

const isOverwritten = (held: Uint8Array) => held.every((byte) => byte === 0)

const run = <A, E>(program: Effect.Effect<A, E, Crypto>) =>
  Effect.runPromise(Effect.provide(program, Noble.layer(insecureSeeded("ciphertext"))))

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const some = fc.uint8Array({ maxLength: 50 })

describe("a ciphertext", () => {
  it("opens under its material and context only", () =>
    fc.assert(
      fc.asyncProperty(bytes(32), bytes(32), some, some, some, async (secret, other, context, changed, plaintext) => {
        await run(Effect.gen(function*() {
          const { blob, material } = yield* sealed(secret, context, plaintext)
          assert.deepStrictEqual(yield* Ciphertext.open(material, context, blob), plaintext)
          if (Buffer.compare(context, changed) !== 0) {
            assert.strictEqual((yield* Effect.flip(Ciphertext.open(material, changed, blob)))._tag, "NotAuthentic")
          }
          if (Buffer.compare(secret, other) !== 0) {
            const stranger = yield* prepare(other)
            assert.strictEqual((yield* Effect.flip(Ciphertext.open(stranger, context, blob)))._tag, "NotAuthentic")
          }
        }))
      })
    ))

  it("is refused by its commitment alone, before anything is decrypted", () =>
    run(Effect.gen(function*() {
      const secret = new Uint8Array(32).fill(1)
      const { blob, material } = yield* sealed(secret, new Uint8Array(), new Uint8Array(4))
      for (let place = 0; place < 32; place++) {
        const commitment = blob.commitment.slice()
        commitment[place] = (commitment[place] ?? 0) ^ 1
        // The header says what was sealed, so that the tag would be right: only the commitment is another.
        const forged = { ...blob, commitment }
        assert.strictEqual(
          (yield* Effect.flip(Ciphertext.open(material, new Uint8Array(), forged)))._tag,
          "NotAuthentic"
        )
      }
    })))

  it("never has the same salt twice, and derives from the whole of it", () =>
    run(Effect.gen(function*() {
      const secret = new Uint8Array(32).fill(1)
      const salts = new Set<string>()
      const commitments = new Set<string>()
      for (let time = 0; time < 50; time++) {
        const { blob } = yield* sealed(secret, new Uint8Array(), new Uint8Array(4))
        salts.add(String(blob.salt))
        commitments.add(String(blob.commitment))
      }
      assert.deepStrictEqual([salts.size, commitments.size], [50, 50])
    })))

  it.effect("leaves no derived key behind, whether it opens or not", () => {
    const { layer, seen } = recording(Noble.layer(insecureSeeded("ciphertext")))
    return Effect.provide(
      Effect.gen(function*() {
        const { blob, material } = yield* sealed(new Uint8Array(32).fill(1), new Uint8Array(), new Uint8Array(4))
        yield* Ciphertext.open(material, new Uint8Array(), blob)
        yield* Effect.flip(Ciphertext.open(material, Uint8Array.of(1), blob))
        yield* Effect.flip(Ciphertext.open(material, new Uint8Array(), { ...blob, commitment: new Uint8Array(32) }))
        assert.strictEqual(seen.secrets.length, 4)
        for (const { copy, held } of seen.secrets) {
          assert.isTrue(isOverwritten(held))
          assert.isFalse(isOverwritten(copy))
        }
      }),
      layer
    )
  })
})
