import { assert, describe, it } from "@effect/vitest"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import * as RootKeyRecord from "@keystead/core/crypto/RootKeyRecord"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { RootKeyError, StorageError } from "@keystead/core/Errors"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import { type Change, CommitConflict, type Json, Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"

const made = (secret: number) =>
  Effect.provide(
    DerivedRootKey.make(new Uint8Array(32).fill(secret)),
    Noble.layer(insecureSeeded("record"))
  )

/** A source that keeps which secret it made; it counts what it is asked. */
const sourceOf = (secret: number) => {
  const asked: Array<Json> = []
  const source: RootKeyRecord.RootKeySource<never> = {
    create: Effect.suspend(() => {
      asked.push("create")
      return Effect.map(made(secret), (rootKey) => ({ rootKey, parameters: { secret } }))
    }),
    obtain: (parameters) =>
      Effect.suspend(() => {
        asked.push(parameters)
        return made(secret)
      })
  }
  return { source, asked }
}

const inStore = Effect.gen(function*() {
  const ref = yield* Ref.make(KeyStore.empty)
  const storage = MemoryStorage.make(ref)
  const put = (id: string, value: Json) => storage.commit([{ _tag: "Put", id, value }])
  const establish = (source: RootKeyRecord.RootKeySource<never>, over: Partial<Storage["Service"]> = {}) =>
    Effect.provideService(RootKeyRecord.establish(source), Storage, { ...storage, ...over })
  return { storage, put, establish }
})

const corrupt = (error: StorageError | RootKeyError) => {
  assert(error instanceof StorageError)
  assert.deepInclude(error, {
    reason: "Corrupt",
    place: "root/key",
    message: `The store's record "root/key" is missing or changed. Restore it from a backup of the store.`
  })
}

describe("a store's root key", () => {
  it.effect("is made for an empty store and recorded, and had again afterwards", () =>
    Effect.gen(function*() {
      const { establish, storage } = yield* inStore
      const { asked, source } = sourceOf(1)
      const first = yield* establish(source)
      const stored = (yield* storage.read(["root/key"])).get("root/key")?.value
      const check = yield* first.mac(new TextEncoder().encode("Keystead root key 1 check"))
      assert.deepStrictEqual(stored, { check: Buffer.from(check).toString("base64"), parameters: { secret: 1 } })
      const second = yield* establish(source)
      assert.deepStrictEqual(asked, ["create", { secret: 1 }])
      assert.deepStrictEqual(yield* first.mac(Uint8Array.of(1)), yield* second.mac(Uint8Array.of(1)))
      assert.strictEqual((yield* storage.scan({ prefix: "", limit: 9 })).length, 1)
    }))

  it.effect("of another secret is refused, and nothing is changed", () =>
    Effect.gen(function*() {
      const { establish, storage } = yield* inStore
      yield* establish(sourceOf(1).source)
      const before = yield* storage.scan({ prefix: "", limit: 9 })
      const error = yield* Effect.flip(establish(sourceOf(2).source))
      assert(error instanceof RootKeyError)
      assert.deepInclude(error, {
        reason: "Wrong",
        message: "This is not the root key, or not the passphrase, that the store was made with. Open it with its own."
      })
      assert.deepStrictEqual(yield* storage.scan({ prefix: "", limit: 9 }), before)
    }))

  it.effect("is not made anew where records are without it, nor where its record is no such record", () =>
    Effect.gen(function*() {
      const { asked, source } = sourceOf(1)
      const orphans = yield* inStore
      yield* orphans.put("key/x", {})
      corrupt(yield* Effect.flip(orphans.establish(source)))
      const forms: ReadonlyArray<Json> = [null, 1, "x", [], {}, { check: "x" }, { parameters: {} }]
      for (const form of forms) {
        const { establish, put } = yield* inStore
        yield* put("root/key", form)
        corrupt(yield* Effect.flip(establish(source)))
      }
      assert.deepStrictEqual(asked, [])
      for (const check of [null, 1, "", "AAAA"]) {
        const { establish, put } = yield* inStore
        yield* put("root/key", { check, parameters: null })
        assert.strictEqual((yield* Effect.flip(establish(source)))._tag, "RootKeyError")
      }
    }))

  it.effect("is the other's, where another process was first", () =>
    Effect.gen(function*() {
      const { establish, storage } = yield* inStore
      const [other, own] = [sourceOf(1), sourceOf(1)]
      let raced = false
      const commit = (changes: ReadonlyArray<Change>) =>
        Effect.suspend(() => {
          if (raced) return storage.commit(changes)
          raced = true
          return Effect.andThen(Effect.orDie(establish(other.source)), storage.commit(changes))
        })
      yield* establish(own.source, { commit })
      assert.deepStrictEqual([other.asked, own.asked], [["create"], ["create", { secret: 1 }]])
      const late = sourceOf(2)
      let again = false
      const empty = yield* inStore
      const lost = yield* Effect.flip(empty.establish(late.source, {
        commit: (changes) =>
          Effect.suspend(() => {
            if (again) return empty.storage.commit(changes)
            again = true
            return Effect.andThen(
              Effect.orDie(empty.establish(sourceOf(1).source)),
              Effect.fail(new CommitConflict({ ids: changes.map(({ id }) => id) }))
            )
          })
      }))
      assert.deepInclude(lost, { _tag: "RootKeyError", reason: "Wrong" })
    }))

  it.effect("is the other's, where another process makes the store between the looks at it", () =>
    Effect.gen(function*() {
      const { establish, storage } = yield* inStore
      const other = sourceOf(1)
      let made = false
      const scan: Storage["Service"]["scan"] = (range) =>
        Effect.suspend(() => {
          const making = made ? Effect.void : Effect.ignore(establish(other.source))
          made = true
          return Effect.andThen(making, storage.scan(range))
        })
      const own = yield* establish(sourceOf(1).source, { scan })
      const data = Uint8Array.of(1)
      assert.deepStrictEqual(yield* own.mac(data), yield* (yield* establish(other.source)).mac(data))
    }))

  it.effect("is not had from a store that fails", () =>
    Effect.gen(function*() {
      const broken = new StorageError({ reason: "Unavailable", message: "away" })
      const fails = () => Effect.fail(broken)
      for (const over of [{ read: fails }, { scan: fails }, { commit: fails }]) {
        const { establish } = yield* inStore
        assert.strictEqual(yield* Effect.flip(establish(sourceOf(1).source, over)), broken)
      }
    }))
})
