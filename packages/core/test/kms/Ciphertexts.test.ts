import { assert, describe, it } from "@effect/vitest"
import type { Client } from "@keystead/core/Client"
import * as EncryptionContext from "@keystead/core/domain/EncryptionContext"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { holds, patience } from "../support/Property.ts"
import { bytes, createKey, makeWorld, type World } from "../support/World.ts"

type Context = Readonly<Record<string, string>>

const plaintext = fc.uint8Array({ minLength: 1, maxLength: 4096, size: "max" })
/** Texts that have a UTF-8 form, of any script, and the names that objects have by themselves. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("__proto__", "constructor", "toString", "", "\u0000", "é", "e\u0301", "\uffff", "\u{10000}")
)
/** At most 8,192 bytes serialized. */
const context: fc.Arbitrary<Context> = fc.array(fc.tuple(text, text), { maxLength: 6 })
  .map((pairs) => Object.fromEntries(pairs))

/** Whether two contexts are the same pairs. */
const same = (left: Context, right: Context) =>
  Object.keys(left).length === Object.keys(right).length &&
  Object.entries(left).every(([key, value]) => Object.hasOwn(right, key) && right[key] === value)

const flip = (blob: Uint8Array, bit: number): Uint8Array => {
  const changed = blob.slice()
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}

const sealed = Effect.fnUntraced(function*(
  client: Client,
  input: { KeyId: string; Plaintext: Uint8Array; EncryptionContext?: Context }
) {
  const { CiphertextBlob = bytes("") } = yield* client.encrypt(input)
  return CiphertextBlob
})

/** How Decrypt refuses a ciphertext; the test fails if it does not. */
const refusal = (client: Client, input: Parameters<Client["decrypt"]>[0]) =>
  Effect.map(Effect.flip(client.decrypt(input)), ({ _tag, message }) => `${_tag}: ${message}`)

const nothingSaid = "InvalidCiphertextException: "
const otherKey =
  "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation."
const hidden = "AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not "
  + "exist in this region, or you are not allowed to access."

describe("a ciphertext", () => {
  it(
    "opens to what was sealed, with the same context in any order, and with no other",
    () =>
      holds(fc.tuple(plaintext, context, context), ([plaintext, context, other]) =>
        Effect.gen(function*() {
          const { root } = yield* makeWorld()
          const KeyId = yield* createKey(root)
          const blob = yield* sealed(root, { KeyId, Plaintext: plaintext, EncryptionContext: context })
          const reordered = Object.fromEntries(Object.entries(context).toReversed())
          const opened = yield* root.decrypt({ CiphertextBlob: blob, EncryptionContext: reordered })
          assert.deepStrictEqual(opened.Plaintext, plaintext)
          if (!same(context, other)) {
            const answer = yield* refusal(root, { CiphertextBlob: blob, EncryptionContext: other })
            assert.strictEqual(answer, nothingSaid)
          }
          const absent = yield* Effect.exit(root.decrypt({ CiphertextBlob: blob }))
          assert.strictEqual(absent._tag, Object.keys(context).length === 0 ? "Success" : "Failure")
        })),
    patience
  )

  it("is refused after any change of one pair of its context", () =>
    holds(
      fc.tuple(context.filter((one) => Object.keys(one).length > 0), fc.nat(), text),
      ([context, index, extra]) =>
        Effect.gen(function*() {
          const { root } = yield* makeWorld()
          const KeyId = yield* createKey(root)
          const CiphertextBlob = yield* sealed(root, { KeyId, Plaintext: bytes("x"), EncryptionContext: context })
          const pairs = Object.entries(context)
          const [key = "", value = ""] = pairs[index % pairs.length] ?? []
          const without = pairs.filter(([name]) => name !== key)
          const [first = "", ...others] = value
          const changes = [
            without,
            [...without, [key, `${value}${extra}x`]],
            [...without, [`${key}${extra}x`, value]],
            [...pairs, [`${pairs.map(([name]) => name).join("")}!`, extra]],
            // A pair whose parts meet elsewhere: the concatenation is the same.
            [...without, [`${key}${first}`, others.join("")]]
          ].map((pairs): Context => Object.fromEntries(pairs))
          for (const EncryptionContext of changes.filter((changed) => !same(changed, context))) {
            assert.strictEqual(yield* refusal(root, { CiphertextBlob, EncryptionContext }), nothingSaid)
          }
        })
    ), patience)

  it.effect("is refused after a change of any single bit, cut anywhere, and with anything added", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const [KeyId, other] = [yield* createKey(root), yield* createKey(root)]
      yield* root.rotateKeyOnDemand({ KeyId })
      const blob = yield* sealed(root, { KeyId, Plaintext: bytes("p"), EncryptionContext: { a: "b" } })
      const refuse = (CiphertextBlob: Uint8Array, KeyId?: string) =>
        refusal(root, { CiphertextBlob, EncryptionContext: { a: "b" }, ...(KeyId === undefined ? {} : { KeyId }) })
      for (let bit = 0; bit < blob.length * 8; bit++) {
        const changed = flip(blob, bit)
        assert.include([nothingSaid, hidden], yield* refuse(changed), `bit ${bit}`)
        assert.include([nothingSaid, otherKey], yield* refuse(changed, KeyId), `bit ${bit}`)
      }
      for (let length = 1; length < blob.length; length++) {
        assert.strictEqual(yield* refuse(blob.subarray(0, length)), nothingSaid, `${length} bytes`)
        assert.strictEqual(yield* refuse(blob.subarray(length)), nothingSaid, `from ${length}`)
      }
      for (const extra of [0, 1, 255]) {
        assert.strictEqual(yield* refuse(Uint8Array.of(...blob, extra)), nothingSaid)
        assert.strictEqual(yield* refuse(Uint8Array.of(extra, ...blob)), nothingSaid)
      }
      assert.strictEqual(yield* refuse(blob, other), otherKey)
    }))

  it("is refused after any change of more than a bit", () =>
    holds(
      fc.tuple(plaintext, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }), fc.nat()),
      ([plaintext, changes, cut]) =>
        Effect.gen(function*() {
          const { root } = yield* makeWorld()
          const KeyId = yield* createKey(root)
          const blob = yield* sealed(root, { KeyId, Plaintext: plaintext })
          const changed = blob.slice(0, cut % 3 === 0 ? cut % blob.length : blob.length)
          for (const [place, byte] of changes) changed[place % changed.length] = byte
          if (changed.length === 0 || Buffer.compare(changed, blob) === 0) return
          assert.include([nothingSaid, hidden], yield* refusal(root, { CiphertextBlob: changed }))
          assert.include([nothingSaid, otherKey], yield* refusal(root, { CiphertextBlob: changed, KeyId }))
        })
    ), patience)

  it(
    "that is none at all is refused without a defect",
    () =>
      holds(fc.uint8Array({ minLength: 1, maxLength: 400, size: "max" }), (garbage) =>
        Effect.gen(function*() {
          const { root } = yield* makeWorld()
          const KeyId = yield* createKey(root)
          assert.include([nothingSaid, hidden], yield* refusal(root, { CiphertextBlob: garbage }))
          assert.include([nothingSaid, otherKey], yield* refusal(root, { CiphertextBlob: garbage, KeyId }))
          const form = yield* sealed(root, { KeyId, Plaintext: bytes("x") })
          const shaped = Uint8Array.of(...form.subarray(0, 82), ...garbage)
          assert.strictEqual(yield* refusal(root, { CiphertextBlob: shaped }), nothingSaid)
        })),
    patience
  )

  it(
    "is different each time, and 147 bytes longer than the plaintext",
    () =>
      holds(fc.tuple(plaintext, context), ([plaintext, context]) =>
        Effect.gen(function*() {
          const { root } = yield* makeWorld()
          const input = { KeyId: yield* createKey(root), Plaintext: plaintext, EncryptionContext: context }
          const [one, two] = [yield* sealed(root, input), yield* sealed(root, input)]
          assert.notDeepEqual(one, two)
          assert.strictEqual(one.length, 131 + plaintext.length + 16)
        })),
    patience
  )
})

describe("older ciphertexts", () => {
  /** What happens between one Encrypt and the next. */
  const event = fc.constantFrom("wait", "on demand", "period", "off", "maintain", "off and on", "move", "disabled")

  const happen = Effect.fnUntraced(function*(world: World, KeyId: string, event: string, blobs: Array<Uint8Array>) {
    switch (event) {
      case "wait":
        return yield* TestClock.adjust("37 days")
      case "on demand":
        return yield* Effect.ignore(world.root.rotateKeyOnDemand({ KeyId }))
      case "period":
        return yield* world.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 + blobs.length })
      case "off":
        return yield* world.root.disableKeyRotation({ KeyId })
      case "off and on":
        yield* world.root.scheduleKeyDeletion({ KeyId })
        yield* TestClock.adjust("29 days")
        yield* world.root.cancelKeyDeletion({ KeyId })
        return yield* world.root.enableKey({ KeyId })
      case "disabled":
        yield* world.root.disableKey({ KeyId })
        yield* TestClock.adjust("200 days")
        return yield* world.root.enableKey({ KeyId })
      case "move": {
        const CiphertextBlob = blobs.pop() ?? bytes("")
        const moved = yield* world.root.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId })
        blobs.push(moved.CiphertextBlob ?? bytes(""))
        return undefined
      }
      default:
        return yield* world.kms.maintain
    }
  })

  it(
    "survive every rotation, automatic and on demand, and tell the material that made them",
    () =>
      holds(fc.array(event, { maxLength: 30, size: "max" }), (events) =>
        Effect.gen(function*() {
          const world = yield* makeWorld()
          const KeyId = yield* createKey(world.root)
          const blobs = [yield* sealed(world.root, { KeyId, Plaintext: bytes("0") })]
          for (const [index, event] of events.entries()) {
            yield* happen(world, KeyId, event, blobs)
            blobs.push(yield* sealed(world.root, { KeyId, Plaintext: bytes(String(index + 1)) }))
          }
          const { Rotations = [] } = yield* world.root.listKeyRotations({
            KeyId,
            IncludeKeyMaterial: "ALL_KEY_MATERIAL"
          })
          const materials = Rotations.map(({ KeyMaterialId }) => KeyMaterialId)
          let youngest = 0
          for (const [index, CiphertextBlob] of blobs.entries()) {
            const opened = yield* world.root.decrypt({ CiphertextBlob })
            assert.deepStrictEqual(opened.Plaintext, bytes(String(index)))
            // New ciphertexts never go back to an older material.
            const age = materials.indexOf(opened.KeyMaterialId)
            assert.isAtLeast(age, youngest)
            youngest = age
          }
          const { KeyMetadata } = yield* world.root.describeKey({ KeyId })
          assert.strictEqual(KeyMetadata?.CurrentKeyMaterialId, materials.at(-1))
          const dates = Rotations.slice(1).map(({ RotationDate }) => RotationDate?.getTime() ?? 0)
          assert.deepStrictEqual(dates, dates.toSorted((one, other) => one - other))
          assert.deepStrictEqual(Rotations.map((one) => one.KeyMaterialState), [
            ...Rotations.slice(1).map(() => "NON_CURRENT" as const),
            "CURRENT"
          ])
        }), { numRuns: 40 }),
    patience
  )
})

describe("the encryption context's limit", () => {
  it.effect("is 8,192 bytes, serialized", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      const largest = { k: "v".repeat(8192 - 2 - 2 - 1 - 2) }
      assert.strictEqual(Result.getOrThrow(EncryptionContext.serialize(largest)).length, 8192)
      const CiphertextBlob = yield* sealed(root, { KeyId, Plaintext: bytes("x"), EncryptionContext: largest })
      yield* root.decrypt({ CiphertextBlob, EncryptionContext: largest })
      const tooLarge = { k: `${largest.k}v` }
      const error = yield* Effect.flip(root.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionContext: tooLarge }))
      assert.deepStrictEqual([error._tag, error.message], [
        "ValidationException",
        "1 validation error detected: Value at 'encryptionContext' failed to satisfy constraint: "
        + "Member must have a serialized length less than or equal to 8192 bytes"
      ])
    }))
})
