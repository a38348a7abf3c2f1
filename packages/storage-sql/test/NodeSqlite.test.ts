import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@keystead/core/Errors"
import { contract } from "@keystead/core/storage/Contract"
import { type Change, type Json, Storage } from "@keystead/core/storage/Storage"
import * as NodeSqlite from "@keystead/storage-sql/NodeSqlite"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Scheduler from "effect/Scheduler"
import { chmodSync, copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { temporaryFolder } from "./support/TemporaryFolder.ts"

const put = (id: string, value: Json): Change => ({ _tag: "Put", id, value })
const everything = { prefix: "", limit: 100_000 }

/** A file in a folder of its own, and the store's contents where it can be opened, or why it cannot. */
const newFile = Effect.map(temporaryFolder, (folder) => join(folder, "store.sqlite"))
const use = <A, E>(file: string, run: (storage: Storage["Service"]) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(NodeSqlite.make({ file }), run))
const contents = (file: string) => use(file, (storage) => storage.scan(everything))
const failure = <A, E>(run: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(run), (error) => {
    assert.instanceOf(error, StorageError)
    return error
  })

/** A database of another hand, open as long as the scope. */
const database = (file: string, readOnly = false) =>
  Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(file, { readOnly })),
    (opened) => Effect.sync(() => opened.close())
  )
const statements = (file: string, text: string) =>
  Effect.scoped(Effect.map(database(file), (opened) => opened.exec(text)))

describe("NodeSqlite keeps the contract", () => {
  for (const { name, run } of contract({ durable: true })) {
    it.live(
      name,
      () =>
        Effect.flatMap(temporaryFolder, (folder) => run(NodeSqlite.make({ file: join(folder, "new", "store.sqlite") })))
    )
  }
})

describe("The schema", () => {
  it.live("is made once, whoever is first, and leaves the tables of others alone", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      yield* statements(file, "CREATE TABLE guests (name TEXT); INSERT INTO guests VALUES ('still here')")
      const open = NodeSqlite.make({ file })
      const handles = yield* Effect.all([open, open, open, open], { concurrency: "unbounded" })
      for (const storage of handles) yield* storage.commit([put("a", 1)])
      const other = yield* database(file)
      assert.strictEqual(other.prepare("SELECT COUNT(*) AS n FROM keystead_migrations").get()?.["n"], 1)
      assert.strictEqual(other.prepare("SELECT sequence AS n FROM keystead_store").get()?.["n"], 4)
      assert.strictEqual(other.prepare("SELECT name FROM guests").get()?.["name"], "still here")
    }))

  it.live("is made as a whole or not at all", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      yield* statements(file, "CREATE TABLE keystead_store (other TEXT)")
      const { message, reason } = yield* failure(contents(file))
      assert.strictEqual(reason, "Incompatible")
      assert.match(message, /store\.sqlite does not have the tables of a Keystead store, or has others by their names/)
      const other = yield* database(file)
      assert.deepStrictEqual(other.prepare("SELECT name FROM sqlite_master").all().map(({ name }) => name), [
        "keystead_store"
      ])
      other.exec("DROP TABLE keystead_store")
      assert.deepStrictEqual(yield* contents(file), [])
    }))

  it.live("is not opened when it is newer, and not changed", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      yield* use(file, (storage) => storage.commit([put("a", 1)]))
      yield* statements(file, "INSERT INTO keystead_migrations VALUES (2)")
      const { message, reason } = yield* failure(contents(file))
      assert.strictEqual(reason, "Incompatible")
      assert.match(message, /has the schema version 2, and this Keystead knows 1: use a newer one/)
      yield* statements(file, "DELETE FROM keystead_migrations WHERE version = 2")
      assert.strictEqual((yield* contents(file)).length, 1)
    }))
})

describe("A file that was damaged", () => {
  /** A store of some pages, with a long value, closed. */
  const made = Effect.gen(function*() {
    const file = yield* newFile
    yield* use(file, (storage) =>
      storage.commit([
        ...Array.from({ length: 200 }, (_, index) => put(`id/${index}`, { index, text: "x".repeat(index * 7) })),
        put("long", "é\"".repeat(120_000))
      ]))
    return { file, whole: yield* contents(file) }
  })

  it.live("is a typed error or whole, wherever it was cut", () =>
    Effect.gen(function*() {
      const { file, whole } = yield* made
      assert.isFalse(existsSync(`${file}-wal`))
      const { size } = statSync(file)
      const cut = `${file}-cut`
      const reasons = new Set<string>()
      for (
        const length of [1, 14, 15, 16, 100, 512, 4095, 4096, 4097, 8192, size >> 2, size >> 1, size - 4096, size - 1]
      ) {
        copyFileSync(file, cut)
        truncateSync(cut, length)
        const outcome = yield* Effect.result(contents(cut))
        if (outcome._tag === "Failure") reasons.add(outcome.failure.reason)
        else assert.isTrue(Equal.equals(outcome.success, whole), `Cut to ${length}`)
      }
      assert.deepStrictEqual([...reasons], ["Corrupt"])
    }))

  it.live("is a typed error or whole, wherever it was overwritten", () =>
    Effect.gen(function*() {
      const { file, whole } = yield* made
      const bytes = readFileSync(file)
      const bad = `${file}-bad`
      let failed = 0
      for (let page = 0; page * 4096 < bytes.length; page += 3) {
        writeFileSync(bad, bytes)
        const changed = Uint8Array.from(bytes)
        changed.fill(0xff, page * 4096, page * 4096 + 512)
        writeFileSync(bad, changed)
        const outcome = yield* Effect.result(contents(bad))
        // The text of a value may be changed within its own bytes: that shows one floor above, by each record's code.
        if (outcome._tag === "Success") assert.strictEqual(outcome.success.length, whole.length)
        else failed += 1
      }
      assert.isAbove(failed, 10)
    }))

  it.live("is no store when it never was one", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      writeFileSync(file, "This is a letter, and a long one.\n".repeat(300))
      const { message, reason } = yield* failure(contents(file))
      assert.strictEqual(reason, "Corrupt")
      assert.match(message, /is no SQLite database, or no longer one \(SQLITE_NOTADB\)\. Restore it/)
    }))

  it.live("gives no record of which a part is missing, is no JSON, or belongs to another commit", () =>
    Effect.gen(function*() {
      for (
        const harm of [
          "DELETE FROM keystead_records WHERE id = 'long' AND part = 1",
          "DELETE FROM keystead_records WHERE id = 'long' AND part = (SELECT MAX(part) FROM keystead_records)",
          "UPDATE keystead_records SET version = 9 WHERE id = 'long' AND part = 2",
          "UPDATE keystead_records SET value = '\"x' WHERE id = 'long' AND part = 1",
          "UPDATE keystead_records SET value = substr(value, 2) WHERE id = 'long'"
        ]
      ) {
        const { file } = yield* made
        yield* statements(file, harm)
        const { place, reason } = yield* failure(use(file, (storage) => storage.read(["id/1", "long"])))
        assert.deepStrictEqual([place, reason], ["long", "Corrupt"], harm)
        assert.strictEqual((yield* use(file, (storage) => storage.read(["id/1"]))).size, 1)
      }
    }))
})

describe("NodeSqlite", () => {
  it.live("is a layer", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const stored = Effect.flatMap(Storage, (storage) => storage.commit([put("a", 1)]))
      yield* Effect.provide(stored, NodeSqlite.layer({ file }))
      assert.strictEqual((yield* contents(file))[0]?.value, 1)
    }))

  it.live("keeps its file for its owner alone", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      yield* use(file, (storage) =>
        Effect.map(storage.commit([put("a", 1)]), () => {
          for (const suffix of ["", "-wal", "-shm"]) assert.strictEqual(statSync(file + suffix).mode & 0o777, 0o600)
        }))
    }))

  it.live("has each commit on the disk before it answers", () =>
    Effect.gen(function*() {
      const opened = yield* database(yield* newFile)
      yield* NodeSqlite.fromDatabase(opened, "The store")
      // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
      assert.strictEqual(opened.prepare("PRAGMA synchronous").get()?.["synchronous"], 2)
      assert.strictEqual(opened.prepare("PRAGMA journal_mode").get()?.["journal_mode"], "wal")
    }))

  it.live("lets no handle of its own process stand in another's way, however often fibers yield", () =>
    Effect.gen(function*() {
      const open = NodeSqlite.make({ file: yield* newFile })
      const handles = yield* Effect.all([open, open, open])
      yield* Effect.forEach(
        handles,
        (storage, index) => Effect.forEach([1, 2, 3], (value) => storage.commit([put(`${index}`, value), put("a", 1)])),
        { concurrency: "unbounded" }
      ).pipe(Effect.provideService(Scheduler.MaxOpsBeforeYield, 8))
      assert.strictEqual((yield* open.pipe(Effect.flatMap((storage) => storage.scan(everything)))).length, 4)
    }))

  it.live("is Full when no space is left, has changed nothing, and goes on when there is some", () =>
    Effect.gen(function*() {
      const opened = yield* database(yield* newFile)
      const storage = yield* NodeSqlite.fromDatabase(opened, "The store")
      yield* storage.commit([put("a", 1)])
      opened.exec("PRAGMA max_page_count = 20")
      const { message, reason } = yield* failure(storage.commit([put("a", 2), put("b", "x".repeat(200_000))]))
      assert.strictEqual(reason, "Full")
      assert.match(message, /^The store has no space left \(SQLITE_FULL\)\. Free some and try again/)
      assert.deepStrictEqual((yield* storage.scan(everything)).map(({ id, value }) => [id, value]), [["a", 1]])
      opened.exec("PRAGMA max_page_count = 10000")
      yield* storage.commit([put("a", 2), put("b", "x".repeat(200_000))])
      assert.strictEqual((yield* storage.scan(everything)).length, 2)
    }))

  it.live("reads where it may not write, and says so when it should", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      yield* use(file, (storage) => storage.commit([put("a", 1)]))
      chmodSync(file, 0o400)
      const storage = yield* NodeSqlite.fromDatabase(yield* database(file, true), "The store")
      assert.strictEqual((yield* storage.read(["a"])).get("a")?.value, 1)
      const { message, reason } = yield* failure(storage.commit([put("a", 2)]))
      assert.strictEqual(reason, "ReadOnly")
      assert.match(message, /^The store may not be written \(SQLITE_READONLY\)\. Let this user write the file/)
    }))

  it.live("is Unavailable while another process writes for too long, and has changed nothing", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      const opened = yield* database(file)
      const storage = yield* NodeSqlite.fromDatabase(opened, "The store")
      yield* storage.commit([put("a", 1)])
      const other = yield* database(file)
      other.exec("BEGIN IMMEDIATE")
      opened.exec("PRAGMA busy_timeout = 10")
      const { message, reason } = yield* failure(storage.commit([put("a", 2)]))
      assert.strictEqual(reason, "Unavailable")
      assert.match(message, /is being written by another process, and was for too long \(SQLITE_BUSY\)\. Try again/)
      assert.strictEqual((yield* storage.read(["a"])).get("a")?.value, 1)
      other.exec("ROLLBACK")
      yield* storage.commit([put("a", 2)])
    }))

  it.live("is Unavailable where there is no file to be opened", () =>
    Effect.gen(function*() {
      const { message, place, reason } = yield* failure(contents(yield* temporaryFolder))
      assert.strictEqual(reason, "Unavailable")
      assert.isTrue(message.startsWith(String(place)))
    }))

  it.live("lists nothing under half a character, and nothing after one", () =>
    Effect.gen(function*() {
      const file = yield* newFile
      yield* use(file, (storage) =>
        Effect.gen(function*() {
          yield* storage.commit([put("😀", 1)])
          assert.deepStrictEqual(yield* storage.scan({ prefix: "\ud83d", limit: 9 }), [])
          const { reason } = yield* failure(storage.scan({ prefix: "", after: "\ud83d", limit: 9 }))
          assert.strictEqual(reason, "Unacceptable")
        }))
    }))

  it.live("reads many long ids at one moment", () =>
    Effect.gen(function*() {
      const ids = Array.from({ length: 900 }, (_, index) => `${"long/".repeat(200)}${index}`)
      const file = yield* newFile
      const found = yield* use(file, (storage) =>
        Effect.andThen(storage.commit(ids.map((id) => put(id, id.length))), storage.read(ids)))
      assert.deepStrictEqual([...found.keys()].toSorted(), ids.toSorted())
    }))

  it.live("looks ids up by the index, in reading, committing and listing", () =>
    Effect.gen(function*() {
      const opened = yield* database(yield* newFile)
      const storage = yield* NodeSqlite.fromDatabase(opened, "The store")
      const ran: Array<string> = []
      const prepare = opened.prepare.bind(opened)
      opened.prepare = (text: string) => {
        ran.push(text)
        return prepare(text)
      }
      yield* storage.commit([put("a", 1), { _tag: "Put", id: "b", value: 1, expected: null }])
      yield* storage.read(["a"])
      yield* storage.scan({ prefix: "a", after: "a", limit: 1 })
      assert.isAtLeast(ran.length, 6)
      for (const text of ran) {
        const plan = prepare(`EXPLAIN QUERY PLAN ${text}`).all(
          ...Array.from(text.matchAll(/\?/g), () => "[]")
        )
        for (const { detail } of plan) assert.notMatch(String(detail), /SCAN (r|keystead_records)\b/, text)
      }
    }))
})
