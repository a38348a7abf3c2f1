import { assert, describe, it } from "@effect/vitest"
import type { StorageError } from "@keystead/core/Errors"
import type { Change, CommitConflict, Storage } from "@keystead/core/storage/Storage"
import type { FileError, FileSystem } from "@keystead/storage-filesystem/FileSystem"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import { TestClock } from "effect/testing"
import { contents, DIRECTORY, hostOn, makeMachine, open, put, remove } from "./support/Histories.ts"
import { type Faults, makeDisk } from "./support/SimulatedDisk.ts"

type Commit = Effect.Effect<void, CommitConflict | StorageError>

/** A file system that lets something happen before one of its calls, once. */
const interrupted = (
  files: FileSystem,
  at: "list" | "read" | "openToRead",
  path: RegExp,
  meanwhile: () => Commit
): FileSystem => {
  let isDue = true
  const late = <A>(call: (path: string) => Effect.Effect<A, FileError>) => (place: string) =>
    Effect.suspend(() => {
      if (!isDue || !path.test(place)) return call(place)
      isDue = false
      return Effect.andThen(Effect.orDie(meanwhile()), call(place))
    })
  return { ...files, [at]: late<never>(files[at] as (path: string) => Effect.Effect<never, FileError>) }
}

/** Puts the journal away: with it go the writer's own notes of what it changed. */
const busy = (writer: Storage["Service"], ...changes: ReadonlyArray<Change>): Commit =>
  Effect.forEach(
    [changes, [put("z/1", 1), put("z/2", 1), put("z/3", 1), put("z/4", 1)], [put("z/5", 1)]],
    writer.commit,
    {
      discard: true
    }
  )

const filled = Effect.gen(function*() {
  const [disk, machine] = [makeDisk(), makeMachine()]
  const writer = yield* open(hostOn(disk.mount(), machine.start()))
  yield* busy(writer, put("p/a", 1), put("p/b", 1), put("p/c", 1))
  return { disk, machine, writer }
})

describe("while a reader reads, others write", () => {
  const writers: Readonly<Record<string, (writer: Storage["Service"]) => Commit>> = {
    "a commit": (writer) => writer.commit([put("p/a", 2), put("p/b", 2), put("p/c", 2)]),
    "commits and the end of a journal": (writer) => busy(writer, put("p/a", 2), put("p/b", 2), put("p/c", 2)),
    "the ends of several journals": (writer) =>
      Effect.andThen(busy(writer, put("p/a", 3)), busy(writer, put("p/a", 2), put("p/b", 2), put("p/c", 2)))
  }
  for (const [name, write] of Object.entries(writers)) {
    it.live(`${name}: it sees one moment`, () =>
      Effect.gen(function*() {
        for (const file of [/p\/@..\/a/, /p\/@..\/b/, /p\/@..\/c/]) {
          const { disk, machine, writer } = yield* filled
          const files = interrupted(disk.mount(), "read", file, () => write(writer))
          const reader = yield* open(hostOn(files, machine.start()))
          const found = yield* reader.read(["p/a", "p/b", "p/c"])
          const values = new Set([...found.values()].map(({ value }) => value))
          assert.strictEqual(values.size, 1, JSON.stringify([...found.values()]))
          const page = yield* reader.scan({ prefix: "p/", limit: 9 })
          assert.deepStrictEqual(page.map(({ value }) => value), [2, 2, 2])
        }
      }))
  }

  const lists: Readonly<Record<string, (writer: Storage["Service"]) => Commit>> = {
    "a commit": (writer) => writer.commit([remove("p/a"), put("p/d", 1)]),
    "commits and the end of a journal": (writer) => busy(writer, remove("p/a"), put("p/d", 1)),
    "the ends of several journals": (writer) => Effect.andThen(busy(writer, remove("p/a")), busy(writer, put("p/d", 1)))
  }
  for (const [name, write] of Object.entries(lists)) {
    it.live(`${name}: it lists all that there is`, () =>
      Effect.gen(function*() {
        for (const folder of [/records\/p$/, /records\/p\/@..$/, /records\/@long$/]) {
          const { disk, machine, writer } = yield* filled
          const files = interrupted(disk.mount(), "list", folder, () => write(writer))
          const reader = yield* open(hostOn(files, machine.start()))
          const page = yield* reader.scan({ prefix: "p/", limit: 9 })
          assert.deepStrictEqual(page.map(({ id }) => id), ["p/b", "p/c", "p/d"])
          assert.deepStrictEqual(yield* contents(reader), yield* contents(writer))
        }
      }))
  }

  it.live("and put away the journal that it is about to open", () =>
    Effect.gen(function*() {
      const { disk, machine, writer } = yield* filled
      const files = interrupted(disk.mount(), "openToRead", /journal/, () => busy(writer, put("p/a", 2)))
      const reader = yield* open(hostOn(files, machine.start()))
      assert.deepStrictEqual(yield* contents(reader), yield* contents(writer))
    }))

  it.live("so much that it lost sight of them: it begins anew", () =>
    Effect.gen(function*() {
      const { disk, machine, writer } = yield* filled
      const reader = yield* open(hostOn(disk.mount(), machine.start()))
      yield* contents(reader)
      yield* busy(writer, put("p/a", 2), remove("p/b"))
      yield* busy(writer, put("p/a", 3), put("p/e", 3))
      yield* busy(writer, put("p/c", 4))
      assert.deepStrictEqual(yield* contents(reader), yield* contents(writer))
      assert.deepStrictEqual((yield* reader.read(["p/a", "p/b"])).get("p/a")?.value, 3)
    }))
})

/** Runs a test, and gives the warnings that were logged. */
const warnings = <A, E, R>(test: Effect.Effect<A, E, R>) => {
  const logged: Array<string> = []
  const logger = Logger.make(({ logLevel, message }) => void logged.push(`${logLevel}: ${String(message)}`))
  return Effect.as(Effect.provide(test, Logger.layer([logger])), logged)
}

describe("a writer whose disk fails at the worst moments", () => {
  const failing = (names: ReadonlyArray<string>, path: RegExp) => {
    const state = { isOn: false }
    const fail: NonNullable<Faults["fail"]> = (call) =>
      state.isOn && names.includes(call.name) && path.test(call.path) ? "EIO" : undefined
    return { state, fail }
  }

  it.effect("cannot cut off a commit that failed: it does so before it writes again", () =>
    Effect.gen(function*() {
      const [disk, machine] = [makeDisk(), makeMachine()]
      const { fail, state } = failing(["sync", "truncate"], /journal/)
      const storage = yield* open(hostOn(disk.mount({ fail }), machine.start()))
      yield* storage.commit([put("a", 1)])
      state.isOn = true
      const failed = yield* Effect.forkChild(Effect.flip(storage.commit([put("a", 2)])))
      yield* Effect.repeat(Effect.andThen(TestClock.adjust(500), Effect.yieldNow), { times: 10 })
      assert.deepInclude(yield* Fiber.join(failed), { _tag: "StorageError", reason: "Unavailable" })
      assert.deepStrictEqual(yield* contents(storage), { a: 1 })
      state.isOn = false
      yield* storage.commit([put("b", 3)])
      assert.deepStrictEqual(yield* contents(storage), { a: 1, b: 3 })
      const other = yield* open(hostOn(disk.mount(), machine.start()))
      assert.deepStrictEqual(yield* contents(other), { a: 1, b: 3 })
    }))

  for (const name of ["syncDirectory", "append"]) {
    it.live(`half puts a journal away (${name}): it does the other half before it writes on`, () =>
      Effect.gen(function*() {
        const [disk, machine] = [makeDisk(), makeMachine()]
        // The new journal is begun, and its name cannot be synced; or the old one cannot be ended.
        const { fail, state } = failing([name], name === "append" ? /journal\/0000000001/ : /store\/journal$/)
        let left = 1
        const once: NonNullable<Faults["fail"]> = (call) => {
          const code = fail(call)
          return code !== undefined && left-- > 0 ? code : undefined
        }
        const storage = yield* open(hostOn(disk.mount({ fail: once }), machine.start()))
        yield* storage.commit([put("a", 1), put("b", 1), put("c", 1), put("d", 1)])
        state.isOn = true
        const logged = yield* warnings(storage.commit([put("a", 2)]))
        assert.match(logged.join("\n"), /^Warn: The journal could not be put away\. .*EIO/)
        assert.isBelow(left, 1)
        const other = yield* open(hostOn(disk.mount(), machine.start()))
        assert.deepStrictEqual(yield* contents(other), { a: 2, b: 1, c: 1, d: 1 })
      }))
  }

  it.live("cannot remove its lock: it has it again all the same, and so have others once the disk lets go", () =>
    Effect.gen(function*() {
      const [disk, machine] = [makeDisk(), makeMachine()]
      const { fail, state } = failing(["remove"], /locks\/held/)
      const storage = yield* open(hostOn(disk.mount({ fail }), machine.start()))
      state.isOn = true
      yield* storage.commit([put("a", 1)])
      yield* storage.commit([put("a", 2)])
      const other = yield* open(hostOn(disk.mount(), machine.start()))
      const waiting = yield* Effect.forkChild(other.commit([put("b", 3)]))
      yield* Effect.sleep(10)
      state.isOn = false
      yield* Fiber.join(waiting)
      assert.deepStrictEqual(yield* contents(storage), { a: 2, b: 3 })
    }))

  it.live("cannot write a record's file: the commit holds, and the file follows", () =>
    Effect.gen(function*() {
      const [disk, machine] = [makeDisk(), makeMachine()]
      const { fail, state } = failing(["create"], /tmp\/record/)
      const storage = yield* open(hostOn(disk.mount({ fail }), machine.start()))
      state.isOn = true
      for (let round = 0; round < 6; round++) {
        const logged = yield* warnings(storage.commit([put(`id/${round}`, round)]))
        assert.match(logged.at(-1) ?? "", /^Warn: .*tmp\/record\.json could not be written \(EIO\)/)
      }
      const other = yield* open(hostOn(disk.mount(), machine.start()))
      assert.strictEqual(Object.keys(yield* contents(other)).length, 6)
      assert.deepStrictEqual(disk.filesUnder(`${DIRECTORY}/records`), [])
      state.isOn = false
      for (let round = 6; round < 12; round++) yield* storage.commit([put(`id/${round}`, round)])
      assert.strictEqual(disk.filesUnder(`${DIRECTORY}/records`).length, 12)
    }))
})
