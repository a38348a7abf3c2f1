import { assert, describe, it } from "@effect/vitest"
import type { RootKey } from "@keystead/core/crypto/RootKey"
import { establish, type RootKeySource } from "@keystead/core/crypto/RootKeyRecord"
import type { RootKeyError, StorageError } from "@keystead/core/Errors"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import { rootKeyRecordId, Storage } from "@keystead/core/storage/Storage"
import { fromPassphrase } from "@keystead/runtime-node/Passphrase"
import { besideStore, fromBytes, fromFile } from "@keystead/runtime-node/RootKeyFile"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"

/** A folder that is gone when the test ends. */
const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "keystead-root-key-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const emptyStore = Effect.map(Ref.make(KeyStore.empty), MemoryStorage.make)

const open = (
  store: Storage["Service"],
  source: RootKeySource<RootKeyError>
): Effect.Effect<RootKey["Service"], RootKeyError | StorageError> =>
  Effect.provideService(establish(source), Storage, store)

const data = new TextEncoder().encode("data")
const aad = new TextEncoder().encode("aad")

describe("a root key in a file", () => {
  it.effect("is made once, for its owner only, and is the same at the next opening", () =>
    Effect.gen(function*() {
      const path = join(yield* folder, "keys", "store.rootkey")
      const store = yield* emptyStore
      const first = yield* open(store, fromFile(path))
      assert.strictEqual(statSync(path).mode & 0o777, 0o600)
      assert.strictEqual(statSync(join(path, "..")).mode & 0o777, 0o700)
      const text = readFileSync(path, "utf8")
      const second = yield* open(store, fromFile(path))
      assert.strictEqual(readFileSync(path, "utf8"), text)
      const wrapped = yield* first.wrap(data, aad)
      assert.deepStrictEqual(yield* second.unwrap(wrapped, aad), data)
      assert.deepStrictEqual(yield* second.mac(data), yield* first.mac(data))
      assert.deepStrictEqual(readdirSync(join(path, "..")), ["store.rootkey"])
    }))

  it.effect("is made by one of many that open the store at once, and then is everybody's", () =>
    Effect.gen(function*() {
      const path = join(yield* folder, "store.rootkey")
      const store = yield* emptyStore
      const keys = yield* Effect.all(Array.from({ length: 8 }, () => open(store, fromFile(path))), {
        concurrency: "unbounded"
      })
      const macs = yield* Effect.forEach(keys, (key) => key.mac(data))
      for (const mac of macs) assert.deepStrictEqual(mac, macs[0])
    }))

  it.effect("is missed by a store that has one, and no other is made in its place", () =>
    Effect.gen(function*() {
      const path = join(yield* folder, "store.rootkey")
      const store = yield* emptyStore
      yield* open(store, fromFile(path))
      rmSync(path)
      const error = yield* Effect.flip(open(store, fromFile(path)))
      assert.strictEqual(error._tag, "RootKeyError")
      assert.strictEqual(error.reason, "Missing")
      assert.include(error.message, path)
      assert.isFalse(existsSync(path))
    }))

  it.effect("is refused while others may read it, with the command that mends it", () =>
    Effect.gen(function*() {
      const path = join(yield* folder, "store.rootkey")
      const store = yield* emptyStore
      yield* open(store, fromFile(path))
      chmodSync(path, 0o640)
      const error = yield* Effect.flip(open(store, fromFile(path)))
      assert.strictEqual(error.reason, "Unprotected")
      assert.include(error.message, `chmod 600 ${path}`)
    }))

  it.effect("is refused if it is another store's, empty, or no root key, and is not told", () =>
    Effect.gen(function*() {
      const home = yield* folder
      const store = yield* emptyStore
      const [path, other] = [join(home, "a.rootkey"), join(home, "b.rootkey")]
      yield* open(store, fromFile(path))
      yield* open(yield* emptyStore, fromFile(other))
      const secret = readFileSync(other, "utf8").trim().split(":")[1] ?? ""
      const wrong = yield* Effect.flip(open(store, fromFile(other)))
      assert.strictEqual(wrong.reason, "Wrong")
      assert.notInclude(inspect(wrong) + JSON.stringify(wrong) + String(wrong), secret)
      for (const text of ["", "keystead-root-key-1:AAAA", `other:${secret}`, secret]) {
        writeFileSync(path, text)
        const error = yield* Effect.flip(open(store, fromFile(path)))
        assert.strictEqual(error.reason, "Unreadable", text)
      }
    }))

  it("is beside its store, not in it", () => {
    assert.strictEqual(besideStore("/data/keys/"), "/data/keys.rootkey")
    assert.strictEqual(besideStore("/data/keys"), "/data/keys.rootkey")
  })
})

describe("a root key from the host", () => {
  it.effect("has 32 bytes, and the host's own are left alone", () =>
    Effect.gen(function*() {
      const bytes = new Uint8Array(32).fill(3)
      const store = yield* emptyStore
      yield* open(store, fromBytes(bytes))
      assert.deepStrictEqual(bytes, new Uint8Array(32).fill(3))
      assert.strictEqual((yield* Effect.flip(open(store, fromBytes(new Uint8Array(31))))).reason, "Unreadable")
      assert.strictEqual((yield* Effect.flip(open(store, fromBytes(new Uint8Array(32))))).reason, "Wrong")
    }))
})

describe("a root key from a passphrase", () => {
  it.effect("is the same for the same passphrase in any normal form, and for no other", () =>
    Effect.gen(function*() {
      const store = yield* emptyStore
      const first = yield* open(store, fromPassphrase("Zu\u0308rich 42"))
      const again = yield* open(store, fromPassphrase("Z\u00fcrich 42"))
      assert.deepStrictEqual(yield* again.mac(data), yield* first.mac(data))
      assert.strictEqual((yield* Effect.flip(open(store, fromPassphrase("Zurich 42")))).reason, "Wrong")
    }))

  it.effect("is refused when empty, and for a store that was made without", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(open(yield* emptyStore, fromPassphrase("")))).reason, "Unreadable")
      const store = yield* emptyStore
      yield* open(store, fromBytes(new Uint8Array(32)))
      assert.strictEqual((yield* Effect.flip(open(store, fromPassphrase("x")))).reason, "Wrong")
    }))

  it.effect("cannot be made to cost more memory than there is by a changed store", () =>
    Effect.gen(function*() {
      const store = yield* emptyStore
      yield* open(store, fromPassphrase("x"))
      const value = {
        check: "",
        parameters: { source: "passphrase", algorithm: "argon2id", salt: "", memory: 2 ** 40, passes: 1, lanes: 1 }
      }
      yield* store.commit([{ _tag: "Put", id: rootKeyRecordId, value }])
      assert.strictEqual((yield* Effect.flip(open(store, fromPassphrase("x"))))._tag, "RootKeyError")
    }))
})

describe("a store without its root key record", () => {
  it.effect("is not taken for a new one", () =>
    Effect.gen(function*() {
      const store = yield* emptyStore
      yield* open(store, fromBytes(new Uint8Array(32)))
      yield* store.commit([
        { _tag: "Put", id: "key/1", value: {} },
        { _tag: "Remove", id: rootKeyRecordId }
      ])
      const error = yield* Effect.flip(open(store, fromBytes(new Uint8Array(32))))
      assert.strictEqual(error.reason, "Corrupt")
    }))
})
