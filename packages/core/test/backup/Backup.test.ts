/** A store as a sealed file, and back. */
import { assert, describe, it } from "@effect/vitest"
import * as Backup from "@keystead/core/backup/Backup"
import type { RootKeySource } from "@keystead/core/crypto/RootKeyRecord"
import { StorageError } from "@keystead/core/Errors"
import { convert } from "@keystead/core/rewrap/Convert"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import { Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as fc from "fast-check"
import { createCipheriv, createHmac, hkdfSync } from "node:crypto"
import { holds } from "../support/Property.ts"
import { filled, intact, made, newStore, open, sourceOf, type Store } from "../support/RootKeys.ts"
import { bytes, createKey } from "../support/World.ts"

const [first, second, ofBackup, other] = [sourceOf(1), sourceOf(2), sourceOf(3), sourceOf(4)]

const backup = Effect.fnUntraced(function*(store: Store) {
  const { held } = yield* open(store, first)
  const making = Backup.make(held.rootKey, ofBackup)
  return yield* Effect.provideService(making, Storage, MemoryStorage.make(store))
})

const restore = Effect.fnUntraced(function*(file: Uint8Array, store: Store, own: RootKeySource<never> = ofBackup) {
  const { held } = yield* open(store, second)
  const restoring = Backup.restore(file, held.rootKey, own)
  return yield* Effect.provideService(restoring, Storage, MemoryStorage.make(store))
})

const recordsOf = (store: Store) =>
  Effect.map(Ref.get(store), (store) => KeyStore.scan(store, { prefix: "", limit: 10_000 }))

const refusal = <A, R>(effect: Effect.Effect<A, Error, R>) =>
  Effect.map(Effect.flip(effect), (error) => `${error.name} ${String(Reflect.get(error, "reason"))}`)

const stopped = new StorageError({ reason: "Unavailable", message: "The store stopped." })

/** A small store's backup, made once. */
const small = Effect.runPromise(Effect.scoped(Effect.gen(function*() {
  const store = yield* newStore
  yield* createKey((yield* open(store, first)).client)
  return yield* backup(store)
})))

describe("a backup", () => {
  it.effect("gives back, under the other store's root key, all that was there", () =>
    Effect.gen(function*() {
      const [store, empty] = [yield* newStore, yield* newStore]
      const { client } = yield* open(store, first)
      const before = yield* filled(client)
      const records = yield* recordsOf(store)
      const file = yield* backup(store)
      assert.strictEqual(yield* restore(file, empty), records.length - 1)
      const after = yield* recordsOf(empty)
      assert.deepStrictEqual(after.map(({ id }) => id), records.map(({ id }) => id))
      yield* intact((yield* open(empty, second)).client, before)
      for (const record of after.filter(({ id }) => id !== "root/key")) {
        assert.strictEqual((yield* Effect.flip(convert(record, yield* made(3), yield* made(9))))._tag, "IntegrityError")
      }
      // The store that it was made of is as it was.
      assert.deepStrictEqual(yield* recordsOf(store), records)
    }))

  it.effect("is made and restored while the root key is being replaced, too", () =>
    Effect.gen(function*() {
      const [store, empty] = [yield* newStore, yield* newStore]
      const opened = yield* open(store, first)
      const before = yield* filled(opened.client)
      let commits = 0
      const stopping = yield* open(store, first, undefined, (inner) => ({
        ...inner,
        commit: (changes) => ++commits > 1 ? Effect.fail(stopped) : inner.commit(changes)
      }))
      assert.strictEqual(yield* refusal(stopping.rewrap(second)), "StorageError Unavailable")
      const both = yield* open(store, first, second)
      const file = yield* Effect.provideService(
        Backup.make(both.held.rootKey, ofBackup),
        Storage,
        MemoryStorage.make(store)
      )
      yield* restore(file, empty)
      yield* intact((yield* open(empty, second)).client, before)
    }))

  it.effect("shows nothing of what it holds, and no key material in the clear", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const { client } = yield* open(store, first)
      const KeyId = yield* createKey(client, { Description: "of the submarine" })
      const text = new TextDecoder("latin1").decode(yield* backup(store))
      assert.notInclude(text, "submarine")
      assert.notInclude(text, KeyId)
      assert.match(text, /^keystead-backup-1\n\{"check":"[^"]+","parameters":\{"secret":3\}\}\n/)
    }))

  it.effect("is another each time", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      assert.notDeepEqual(yield* backup(store), yield* backup(store))
    }))

  it.effect("is refused with another passphrase, and nothing is changed", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const file = yield* Effect.promise(() => small)
      const error = yield* Effect.flip(restore(file, store, other))
      assert(error._tag === "RootKeyError" && error.reason === "Wrong")
      assert.include(error.message, "backup")
      assert.strictEqual((yield* recordsOf(store)).length, 1)
    }))

  it("is refused when any bit of it was changed, or any part is missing, and nothing is changed", async () => {
    const file = await small
    const harmed = fc.oneof(
      fc.tuple(fc.nat(file.length - 1), fc.nat(7)).map(([at, bit]) => {
        const changed = file.slice()
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        return changed
      }),
      fc.nat(file.length - 1).map((length) => file.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Uint8Array.from([...file, ...more]))
    )
    await holds(harmed, (changed) =>
      Effect.gen(function*() {
        const store = yield* newStore
        const told = yield* refusal(restore(changed, store))
        assert.match(told, /^(BackupError (NotABackup|Incompatible|Changed)|RootKeyError Wrong)$/)
        assert.strictEqual((yield* recordsOf(store)).length, 1)
      }), { numRuns: 200 })
  })

  it.effect("of a newer version, and what is none, is refused as that", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const told = (text: string) => refusal(restore(bytes(text), store))
      assert.strictEqual(yield* told("keystead-backup-2\n{}\n"), "BackupError Incompatible")
      assert.strictEqual(yield* told(""), "BackupError NotABackup")
      assert.strictEqual(yield* told("PK\u0003\u0004"), "BackupError NotABackup")
      assert.strictEqual(yield* told("keystead-backup-1\nnull\n"), "BackupError NotABackup")
      assert.strictEqual(yield* told("keystead-backup-1\n{\n"), "BackupError NotABackup")
      assert.strictEqual(yield* told(`keystead-backup-1\n${" ".repeat(5000)}\n`), "BackupError NotABackup")
    }))

  it.effect("never goes into a store that has keys", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const { client } = yield* open(store, second)
      yield* createKey(client)
      const before = yield* recordsOf(store)
      assert.strictEqual(yield* refusal(restore(yield* Effect.promise(() => small), store)), "BackupError NotEmpty")
      assert.deepStrictEqual(yield* recordsOf(store), before)
    }))

  it.effect("is not restored twice at once: one of the two is told", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const file = yield* Effect.promise(() => small)
      const { held } = yield* open(store, second)
      const storage = MemoryStorage.make(store)
      // Both look before either writes.
      const late: Storage["Service"] = {
        ...storage,
        commit: (changes) => Effect.andThen(Effect.ignore(Effect.scoped(restore(file, store))), storage.commit(changes))
      }
      const restoring = Backup.restore(file, held.rootKey, ofBackup)
      const told = refusal(Effect.provideService(restoring, Storage, late))
      assert.strictEqual(yield* told, "BackupError NotEmpty")
    }))

  it.effect("is not made of a store with a record that was changed", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      yield* createKey((yield* open(store, first)).client)
      const [id = ""] = (yield* recordsOf(store)).map(({ id }) => id).filter((id) => id.startsWith("key/"))
      yield* MemoryStorage.make(store).commit([{ _tag: "Put", id, value: { content: {}, mac: "AAAA" } }])
      const error = yield* Effect.flip(backup(store))
      assert(error._tag === "IntegrityError")
      assert.strictEqual(error.place, id)
    }))
})

describe("the format", () => {
  /** Written as docs/formats-backup.md has it, with Node's own primitives. */
  const written = () => {
    const secret = Buffer.alloc(32, 3)
    const keyOf = (info: string) => Buffer.from(hkdfSync("sha512", secret, "", info, 32))
    const macOf = (text: string) => createHmac("sha256", keyOf("Keystead root 1 mac")).update(text).digest("base64")
    const id = "aliases/111122223333/eu-west-1/1234"
    const content = { a: 1, b: ["\u00e9"] }
    const records = JSON.stringify([{ id, value: { content, mac: macOf(`"${id}"\n{"a":1,"b":["\u00e9"]}`) } }])
    const header = Buffer.from(
      `keystead-backup-1\n${JSON.stringify({ check: macOf("Keystead root key 1 check"), parameters: null })}\n`
    )
    const nonce = Buffer.alloc(12, 7)
    const cipher = createCipheriv("aes-256-gcm", keyOf("Keystead root 1 wrap"), nonce).setAAD(header)
    const body = [cipher.update(records, "utf8"), cipher.final()]
    return { id, content, file: Buffer.concat([header, nonce, ...body, cipher.getAuthTag()]) }
  }

  it.effect("is what the page says: a file that somebody else wrote so is restored", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const { content, file, id } = written()
      assert.strictEqual(yield* restore(file, store), 1)
      const [record] = (yield* recordsOf(store)).filter((record) => record.id === id)
      assert.deepStrictEqual(Object(record?.value).content, content)
    }))
})
