import { assert, describe, it } from "@effect/vitest"
import { nodeFileSystem as files } from "@keystead/storage-filesystem/NodeFileSystem"
import * as Effect from "effect/Effect"
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "./support/TemporaryFolder.ts"

/** The code of the error that a call must fail with. */
const codeOf = <A>(call: Effect.Effect<A, { readonly code: string; readonly path: string }>) =>
  Effect.map(Effect.flip(call), ({ code }) => code)

describe("nodeFileSystem", () => {
  it.live("reads and writes files", () =>
    Effect.gen(function*() {
      const path = join(yield* temporaryFolder, "file")
      const file = yield* files.create(path)
      yield* file.append(Buffer.from("one"))
      yield* file.append(Buffer.from(", two"))
      yield* file.sync
      yield* file.close
      assert.strictEqual(readFileSync(path, "utf8"), "one, two")
      assert.strictEqual(statSync(path).mode & 0o777, 0o600)

      const again = yield* files.openToWrite(path)
      assert.strictEqual(yield* again.size, 8)
      yield* again.truncate(3)
      // Another process wrote on: what is appended comes behind it.
      appendFileSync(path, "!")
      yield* again.append(Buffer.from("?"))
      yield* again.close
      assert.strictEqual(readFileSync(path, "utf8"), "one!?")

      const reader = yield* files.openToRead(path)
      assert.strictEqual(Buffer.from(yield* reader.read(1, 100)).toString(), "ne!?")
      assert.strictEqual((yield* reader.read(9, 10)).length, 0)
      yield* reader.close
    }))

  it.live("reads whole files of any size, each into bytes of its own", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const sizes = [0, 1, 65_535, 65_536, 65_537, 1_000_000]
      for (const size of sizes) writeFileSync(join(folder, `${size}`), Buffer.alloc(size, size % 251))
      const all = yield* Effect.forEach(sizes, (size) => files.read(join(folder, `${size}`)))
      for (const [index, bytes] of all.entries()) {
        assert.strictEqual(Buffer.compare(bytes, Buffer.alloc(sizes[index] ?? -1, (sizes[index] ?? 0) % 251)), 0)
      }
    }))

  it.live("makes, lists, renames and removes", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const [one, two, file] = [join(folder, "one"), join(folder, "two"), join(folder, "one", "file")]
      yield* files.makeDirectory(one)
      assert.strictEqual(statSync(one).mode & 0o777, 0o700)
      writeFileSync(file, "x")
      yield* files.syncDirectory(one)
      yield* files.makeDirectory(two)
      yield* files.rename(one, two)
      assert.deepStrictEqual(yield* files.list(two), ["file"])
      yield* files.remove(join(two, "file"))
      yield* files.removeDirectory(two)
      assert.deepStrictEqual(yield* files.list(folder), [])
    }))

  it.live("touches a file so that it looks newer, each time", () =>
    Effect.gen(function*() {
      const path = join(yield* temporaryFolder, "file")
      writeFileSync(path, "")
      let last = yield* files.modified(path)
      for (let round = 0; round < 3; round++) {
        yield* files.touch(path)
        const now = yield* files.modified(path)
        assert.isAbove(now, last)
        last = now
      }
    }))

  it.live("tells failures by the system's codes, on which the store relies", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const [none, full, file] = [join(folder, "none"), join(folder, "full"), join(folder, "file")]
      yield* files.makeDirectory(full)
      writeFileSync(join(full, "x"), "")
      writeFileSync(file, "")
      for (
        const call of [
          files.read(none),
          files.openToRead(none),
          files.openToWrite(none),
          files.list(none),
          files.modified(none)
        ]
      ) {
        assert.strictEqual(yield* codeOf(call as Effect.Effect<unknown, { code: string; path: string }>), "ENOENT")
      }
      for (
        const call of [
          files.remove(none),
          files.removeDirectory(none),
          files.rename(none, file),
          files.makeDirectory(join(none, "x"))
        ]
      ) {
        assert.strictEqual(yield* codeOf(call), "ENOENT")
      }
      assert.strictEqual(yield* codeOf(files.create(file)), "EEXIST")
      assert.strictEqual(yield* codeOf(files.makeDirectory(full)), "EEXIST")
      assert.strictEqual(yield* codeOf(files.list(file)), "ENOTDIR")
      assert.strictEqual(yield* codeOf(files.removeDirectory(full)), "ENOTEMPTY")
      const other = join(folder, "other")
      yield* files.makeDirectory(other)
      // What the lock stands on: a directory is not renamed over one that has something in it.
      assert.include(["ENOTEMPTY", "EEXIST", "EPERM"], yield* codeOf(files.rename(other, full)))
      const error = yield* Effect.flip(files.read(none))
      assert.deepInclude(error, { _tag: "FileError", operation: "read", path: none })
    }))
})
