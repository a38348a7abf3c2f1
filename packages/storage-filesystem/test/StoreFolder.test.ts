import { assert, describe, it } from "@effect/vitest"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import * as Effect from "effect/Effect"
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { contents, DIRECTORY, hostOn, makeMachine, open, put } from "./support/Histories.ts"
import { makeDisk } from "./support/SimulatedDisk.ts"
import { temporaryFolder } from "./support/TemporaryFolder.ts"

const marker = `${DIRECTORY}/keystead.json`

describe("the store's folder", () => {
  it.live("is made with those above it, for this user alone, and tells what it is", () =>
    Effect.gen(function*() {
      const directory = join(yield* temporaryFolder, "a", "b")
      const storage = yield* FilesystemStorage.make({ directory })
      yield* storage.commit([put("alias/111122223333/eu-west-1/alias/app", "text")])
      assert.deepInclude(JSON.parse(readFileSync(join(directory, "keystead.json"), "utf8")), {
        format: "keystead-store",
        version: 1
      })
      const folder = join(directory, "records", "alias", "111122223333", "eu-west-1", "alias")
      const file = join(folder, "@2c", "app.json")
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      assert.strictEqual(statSync(folder).mode & 0o777, 0o700)
      // What a person reads.
      const lines = readFileSync(file, "utf8").split("\n")
      assert.match(lines[1] ?? "", /^ {2}"checksum": "[0-9a-f]{64}",$/)
      assert.deepStrictEqual(lines.slice(2), [
        `  "id": "alias/111122223333/eu-west-1/alias/app",`,
        `  "version": "1",`,
        `  "value": "text"`,
        "}",
        ""
      ])
    }))

  it.live("is not opened when a newer version made it", () =>
    Effect.gen(function*() {
      const [disk, machine] = [makeDisk(), makeMachine()]
      yield* Effect.scoped(open(hostOn(disk.mount(), machine.start())))
      const newer = JSON.stringify({ ...JSON.parse(Buffer.from(disk.bytesOf(marker)).toString()), version: 2 })
      disk.overwrite(marker, Buffer.from(newer))
      const error = yield* Effect.flip(open(hostOn(disk.mount(), machine.start())))
      assert.deepInclude(error, { _tag: "StorageError", reason: "Incompatible", place: DIRECTORY })
      assert.include(error.message, "format 2")
    }))

  it.live("is not opened when its marker tells something else", () =>
    Effect.gen(function*() {
      const [disk, machine] = [makeDisk(), makeMachine()]
      yield* Effect.scoped(open(hostOn(disk.mount(), machine.start())))
      for (const text of ["", "{}", "null", `{"format":"other","version":1}`, `{"format":"keystead-store"}`]) {
        disk.overwrite(marker, Buffer.from(text))
        const error = yield* Effect.flip(open(hostOn(disk.mount(), machine.start())))
        assert.deepInclude(error, { reason: "Incompatible", place: marker })
      }
    }))

  it.live("is not made where other things lie", () =>
    Effect.gen(function*() {
      const directory = yield* temporaryFolder
      writeFileSync(join(directory, "thesis.txt"), "precious")
      const error = yield* Effect.flip(FilesystemStorage.make({ directory }))
      assert.deepInclude(error, { reason: "Incompatible", place: directory })
      assert.include(error.message, "thesis.txt")
      assert.isFalse(existsSync(join(directory, "locks")))
    }))

  it.live("may be there already, and empty; foreign files in it later do no harm", () =>
    Effect.gen(function*() {
      const directory = yield* temporaryFolder
      const storage = yield* FilesystemStorage.make({ directory })
      yield* storage.commit([put("a/b", 1), put("c", 2)])
      for (const folder of ["records", "records/a", "records/@44", "journal", "tmp", "locks"]) {
        mkdirSync(join(directory, folder), { recursive: true })
        for (const name of [".DS_Store", "notes", "UPPER.json", "Copy.json", "%41%.json"]) {
          writeFileSync(join(directory, folder, name), "x")
        }
      }
      const again = yield* FilesystemStorage.make({ directory })
      assert.deepStrictEqual(yield* contents(again), { "a/b": 1, c: 2 })
      yield* again.commit([put("a/b", 3)])
      assert.deepStrictEqual(yield* contents(storage), { "a/b": 3, c: 2 })
    }))

  it.live("is complete on the disk when it has been opened", () =>
    Effect.gen(function*() {
      const [disk, machine] = [makeDisk(), makeMachine()]
      yield* Effect.scoped(open(hostOn(disk.mount(), machine.start())))
      disk.losePower(() => 0)
      assert.isAbove(disk.bytesOf(marker).length, 10)
      assert.deepStrictEqual(yield* contents(yield* open(hostOn(disk.mount(), machine.start()))), {})
    }))

  it.live("is made once when several open it at once", () =>
    Effect.gen(function*() {
      const directory = join(yield* temporaryFolder, "new")
      const stores = yield* Effect.all(Array.from({ length: 5 }, () => FilesystemStorage.make({ directory })), {
        concurrency: "unbounded"
      })
      yield* Effect.forEach(stores, (storage, index) => storage.commit([put(`by/${index}`, index)]), {
        concurrency: "unbounded",
        discard: true
      })
      for (const storage of stores) assert.strictEqual(Object.keys(yield* contents(storage)).length, 5)
    }))
})
