import { assert, describe, it } from "@effect/vitest"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import type { RootKey } from "@keystead/core/crypto/RootKey"
import { establish, type RootKeySource } from "@keystead/core/crypto/RootKeyRecord"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import type { RootKeyError, StorageError } from "@keystead/core/Errors"
import { Storage } from "@keystead/core/storage/Storage"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import { besideStore, fromFile } from "@keystead/storage-filesystem/RootKeyFile"
import * as Effect from "effect/Effect"
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { inspect } from "node:util"
import { temporaryFolder } from "./support/TemporaryFolder.ts"

const primitives = Noble.layer(insecureSeeded("root key file"))

const emptyStore = Effect.flatMap(temporaryFolder, (directory) => FilesystemStorage.make({ directory }))

const open = (
  store: Storage["Service"],
  source: RootKeySource<RootKeyError, Crypto>
): Effect.Effect<RootKey["Service"], RootKeyError | StorageError> =>
  establish(source).pipe(Effect.provideService(Storage, store), Effect.provide(primitives))

const data = new TextEncoder().encode("data")
const aad = new TextEncoder().encode("aad")

describe("a root key in a file", () => {
  it.effect("is made once, for its owner only, and is the same at the next opening", () =>
    Effect.gen(function*() {
      const path = join(yield* temporaryFolder, "keys", "store.rootkey")
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
      const path = join(yield* temporaryFolder, "store.rootkey")
      const store = yield* emptyStore
      const keys = yield* Effect.all(Array.from({ length: 8 }, () => open(store, fromFile(path))), {
        concurrency: "unbounded"
      })
      const macs = yield* Effect.forEach(keys, (key) => key.mac(data))
      for (const mac of macs) assert.deepStrictEqual(mac, macs[0])
    }))

  it.effect("is missed by a store that has one, and no other is made in its place", () =>
    Effect.gen(function*() {
      const path = join(yield* temporaryFolder, "store.rootkey")
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
      const path = join(yield* temporaryFolder, "store.rootkey")
      const store = yield* emptyStore
      yield* open(store, fromFile(path))
      chmodSync(path, 0o640)
      const error = yield* Effect.flip(open(store, fromFile(path)))
      assert.strictEqual(error.reason, "Unprotected")
      assert.include(error.message, `chmod 600 ${path}`)
    }))

  it.effect("is refused if it is another store's, empty, or no root key, and is not told", () =>
    Effect.gen(function*() {
      const home = yield* temporaryFolder
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
