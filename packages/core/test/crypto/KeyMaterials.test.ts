import { assert, describe, it } from "@effect/vitest"
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as KeyMaterials from "@keystead/core/crypto/KeyMaterials"
import * as Noble from "@keystead/core/crypto/Noble"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import { recording } from "../support/RecordingCrypto.ts"

const owner = { account: "111122223333", region: "eu-west-1", keyId: "1234abcd-12ab-34cd-56ef-1234567890ab" }

const build = Effect.fnUntraced(function*(bounds?: Parameters<typeof KeyMaterials.layer>[0]) {
  const { layer, seen } = recording(Noble.layer(insecureSeeded("materials")))
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(
    KeyMaterials.layer(bounds).pipe(
      Layer.provide(Layer.effect(RootKey, Effect.suspend(() => DerivedRootKey.make(new Uint8Array(32))))),
      Layer.provideMerge(layer)
    ),
    scope
  )
  const materials = Context.get(context, KeyMaterials.KeyMaterials)
  const crypto = Context.get(context, Crypto)
  /** Sixteen bytes that only the same material gives. */
  const fingerprint = (material: Parameters<typeof materials.use>[1], of: KeyMaterials.Owner = owner) =>
    materials.use(of, material, ({ derivation }) => derivation.derive(Uint8Array.of(1), 16))
  return { materials, crypto, seen, scope, fingerprint }
})

/** How many derivations that were prepared for use are still there: those that made an id are wiped at once. */
const alive = ({ derivations }: { readonly derivations: ReadonlyArray<{ readonly wiped: number }> }) =>
  derivations.filter(({ wiped }) => wiped === 0).length

describe("key material", () => {
  it.effect("is 256 random bits, with an id that is derived from them and a wrapping that is different each time", () =>
    Effect.gen(function*() {
      const { fingerprint, materials, seen } = yield* build()
      const before = seen.secrets.length
      const made = [yield* materials.create(owner), yield* materials.create(owner)]
      assert.deepStrictEqual(seen.secrets.slice(before).map(({ copy }) => copy.length), [32, 32])
      assert.strictEqual(new Set(made.map(({ id }) => id)).size, 2)
      assert.strictEqual(new Set(made.map(({ wrapped }) => wrapped)).size, 2)
      for (const { id, wrapped } of made) {
        assert.match(id, /^[0-9a-f]{64}$/)
        assert.strictEqual(Buffer.from(wrapped, "base64").length, 12 + 32 + 16)
      }
      const prints = yield* Effect.forEach(made, (material) => fingerprint(material))
      assert.notDeepEqual(prints[0], prints[1])
      assert.deepStrictEqual(yield* fingerprint(made[0] ?? { id: "", wrapped: "" }), prints[0])
    }))

  it.effect("is not lent to another owner, nor under another id, nor if its wrapping is another", () =>
    Effect.gen(function*() {
      const { fingerprint, materials } = yield* build()
      const [made, other] = [yield* materials.create(owner), yield* materials.create(owner)]
      const wrongs: ReadonlyArray<readonly [KeyMaterials.Owner, typeof made]> = [
        [{ ...owner, account: "444455556666" }, made],
        [{ ...owner, region: "eu-west-2" }, made],
        [{ ...owner, keyId: "00000000-0000-4000-8000-000000000000" }, made],
        [owner, { ...made, id: other.id }],
        [owner, { ...made, wrapped: other.wrapped }],
        [owner, { ...made, wrapped: `AAAA${made.wrapped.slice(4)}` }],
        [owner, { ...made, wrapped: made.wrapped.slice(0, 8) }],
        [owner, { ...made, wrapped: "" }],
        [owner, { ...made, wrapped: "?" }]
      ]
      for (const [of, material] of wrongs) {
        const error = yield* Effect.flip(fingerprint(material, of))
        assert(error._tag === "IntegrityError")
        assert.strictEqual(error.place, `key/${of.account}/${of.region}/${of.keyId}`)
      }
      yield* fingerprint(made)
    }))

  it.effect("is unwrapped once while it is kept, and again when it is too old", () =>
    Effect.gen(function*() {
      const { fingerprint, materials, seen } = yield* build({ number: 10, age: 1000 })
      const made = yield* materials.create(owner)
      for (let time = 0; time < 5; time++) {
        yield* fingerprint(made)
        yield* TestClock.adjust(199)
      }
      assert.strictEqual(seen.opened.length, 1)
      yield* TestClock.setTime(999)
      yield* fingerprint(made)
      assert.strictEqual(seen.opened.length, 1)
      yield* TestClock.setTime(1000)
      yield* fingerprint(made)
      assert.strictEqual(seen.opened.length, 2)
      assert.strictEqual(alive(seen), 1)
      for (const { held } of seen.opened) assert.isTrue(held.every((byte) => byte === 0))
    }))

  it.effect("is overwritten when too much of it is kept, the longest unused first", () =>
    Effect.gen(function*() {
      const { fingerprint, materials, seen } = yield* build({ number: 2, age: 1000 })
      const made = yield* Effect.forEach([0, 1, 2], () => materials.create(owner))
      const [first = { id: "", wrapped: "" }, second = first, third = first] = made
      yield* fingerprint(first)
      yield* fingerprint(second)
      yield* fingerprint(first)
      yield* fingerprint(third)
      assert.strictEqual(alive(seen), 2)
      assert.strictEqual(seen.opened.length, 3)
      yield* fingerprint(first)
      assert.strictEqual(seen.opened.length, 3)
      yield* fingerprint(second)
      assert.strictEqual(seen.opened.length, 4)
    }))

  it.effect("is overwritten when it is too old, by whatever is unwrapped next, and by itself on request", () =>
    Effect.gen(function*() {
      const { fingerprint, materials, seen } = yield* build({ number: 10, age: 1000 })
      const [first, second] = [yield* materials.create(owner), yield* materials.create(owner)]
      yield* fingerprint(first)
      yield* TestClock.adjust(1000)
      assert.strictEqual(alive(seen), 1)
      yield* fingerprint(second)
      assert.strictEqual(alive(seen), 1)
      yield* TestClock.adjust(999)
      yield* materials.expire
      assert.strictEqual(alive(seen), 1)
      yield* TestClock.adjust(1)
      yield* materials.expire
      assert.strictEqual(alive(seen), 0)
    }))

  it.effect("is not overwritten while somebody borrows it, and then at once, whatever became of the borrowing", () =>
    Effect.gen(function*() {
      const { materials, scope, seen } = yield* build()
      const made = yield* materials.create(owner)
      const ends = [
        Effect.void,
        Effect.fail("failed" as const),
        Effect.die("died"),
        Effect.interrupt
      ]
      for (const end of ends) {
        yield* Effect.exit(materials.use(owner, made, () => end))
        assert.strictEqual(alive(seen), 1)
      }
      yield* materials.use(owner, made, ({ derivation }) =>
        Effect.gen(function*() {
          yield* Scope.close(scope, Exit.void)
          assert.strictEqual(alive(seen), 1)
          assert.strictEqual((yield* derivation.derive(Uint8Array.of(1), 16)).length, 16)
        }))
      assert.strictEqual(alive(seen), 0)
      assert.isTrue(seen.derivations.every(({ wiped }) => wiped === 1))
    }))

  it.effect("is kept a thousand at a time for five minutes, unless told otherwise", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(KeyMaterials.defaultBounds, { number: 1000, age: 300_000 })
      const { fingerprint, materials, seen } = yield* build()
      const made = yield* materials.create(owner)
      yield* fingerprint(made)
      yield* TestClock.setTime(299_999)
      yield* fingerprint(made)
      assert.strictEqual(seen.opened.length, 1)
      yield* TestClock.setTime(300_000)
      yield* fingerprint(made)
      assert.strictEqual(seen.opened.length, 2)
    }))
})
