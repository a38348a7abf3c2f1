import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import { contents, DIRECTORY, hostOn, makeMachine, open, put, remove } from "./support/Histories.ts"
import { makeDisk, type SimulatedDisk } from "./support/SimulatedDisk.ts"

/** A store whose records are all in their files: the journal was put away by the last commit but one. */
const filled = Effect.gen(function*() {
  const [disk, machine] = [makeDisk(), makeMachine()]
  yield* Effect.scoped(Effect.gen(function*() {
    const storage = yield* open(hostOn(disk.mount(), machine.start()))
    yield* storage.commit([put("key/a", "A"), put("key/b", "B"), put("key/c", "C"), put(LONG, "long")])
    yield* storage.commit([put("last", 0)])
  }))
  return { disk, reopen: Effect.suspend(() => open(hostOn(disk.mount(), machine.start()))) }
})
const LONG = `long/${"x".repeat(500)}`

const fileOf = (disk: SimulatedDisk, name: string) =>
  disk.filesUnder(`${DIRECTORY}/records`).find((path) => path.includes(name)) ?? ""

const damages: Readonly<Record<string, (bytes: Uint8Array) => Iterable<Uint8Array>>> = {
  *"a flipped bit"(bytes) {
    for (const index of bytes.keys()) yield bytes.with(index, (bytes[index] ?? 0) ^ (1 << index % 8))
  },
  *"a cut"(bytes) {
    for (const index of bytes.keys()) yield bytes.slice(0, index)
  },
  *"more at its end"(bytes) {
    yield new Uint8Array([...bytes, 0x20])
  }
}

/** The error of a damaged file: typed, and it names the file. */
const expectCorrupt = (error: unknown, place: string) => {
  assert.instanceOf(error, StorageError)
  assert.include(error, { reason: "Corrupt", place })
  assert.include(error.message, place)
}

describe("a damaged record file", () => {
  for (const [name, damaged] of Object.entries(damages)) {
    it.live(`with ${name} anywhere is named, and all others are as they were`, () =>
      Effect.gen(function*() {
        const { disk, reopen } = yield* filled
        const place = fileOf(disk, "a.json")
        const bytes = disk.bytesOf(place)
        for (const bad of damaged(bytes)) {
          disk.overwrite(place, bad)
          const storage = yield* reopen
          expectCorrupt(yield* Effect.flip(storage.read(["key/b", "key/a"])), place)
          expectCorrupt(yield* Effect.flip(storage.scan({ prefix: "", limit: 10 })), place)
          expectCorrupt(yield* Effect.flip(storage.commit([{ ...put("key/a", 1), expected: "1" }])), place)
          assert.strictEqual((yield* storage.read(["key/b"])).get("key/b")?.value, "B")
        }
      }))
  }

  it.live("keeps nobody from writing others, and can be written anew or removed", () =>
    Effect.gen(function*() {
      const { disk, reopen } = yield* filled
      for (const id of ["key/a", "key/c"]) disk.overwrite(fileOf(disk, `${id.slice(4)}.json`), new Uint8Array())
      const storage = yield* reopen
      yield* storage.commit([put("key/b", "B2"), put("key/d", "D")])
      yield* storage.commit([put("key/a", "A2"), remove("key/c")])
      assert.deepStrictEqual(yield* contents(storage), {
        "key/a": "A2",
        "key/b": "B2",
        "key/d": "D",
        last: 0,
        [LONG]: "long"
      })
    }))

  it.live("of an id too long for a path is named when its folder is listed", () =>
    Effect.gen(function*() {
      const { disk, reopen } = yield* filled
      const place = fileOf(disk, "@long")
      disk.overwrite(place, disk.bytesOf(place).slice(1))
      const storage = yield* reopen
      expectCorrupt(yield* Effect.flip(storage.scan({ prefix: "long/", limit: 1 })), place)
      yield* storage.commit([put(LONG, "again")])
      assert.strictEqual((yield* storage.scan({ prefix: "long/", limit: 1 }))[0]?.value, "again")
    }))

  it.live("in the place of another's is named", () =>
    Effect.gen(function*() {
      const { disk, reopen } = yield* filled
      const place = fileOf(disk, "a.json")
      disk.overwrite(place, disk.bytesOf(fileOf(disk, "b.json")))
      expectCorrupt(yield* Effect.flip((yield* reopen).read(["key/a"])), place)
    }))
})

describe("a damaged journal", () => {
  const journalOf = (disk: SimulatedDisk) => disk.filesUnder(`${DIRECTORY}/journal`)[0] ?? ""
  const written = Effect.gen(function*() {
    const [disk, machine] = [makeDisk(), makeMachine()]
    yield* Effect.scoped(Effect.gen(function*() {
      const storage = yield* open(hostOn(disk.mount(), machine.start(), 100))
      yield* storage.commit([put("a", 1)])
      yield* storage.commit([put("a", 2), put("b", 2)])
    }))
    return { disk, reopen: Effect.suspend(() => open(hostOn(disk.mount(), machine.start(), 100))) }
  })

  it.live("with a flipped bit anywhere is named, or nothing is lost", () =>
    Effect.gen(function*() {
      const { disk, reopen } = yield* written
      const place = journalOf(disk)
      const bytes = disk.bytesOf(place)
      let named = 0
      for (const bad of damages["a flipped bit"]?.(bytes) ?? []) {
        disk.overwrite(place, bad)
        const result = yield* Effect.result(Effect.flatMap(reopen, contents))
        if (result._tag === "Success") {
          assert.deepStrictEqual(result.success, { a: 2, b: 2 })
        } else {
          expectCorrupt(result.failure, place)
          named += 1
        }
      }
      // Only the last line, a mark, can be done without.
      assert.isAbove(named, bytes.length * 0.8)
    }))

  it.live("that was cut short while it was open is named", () =>
    Effect.gen(function*() {
      const { disk, reopen } = yield* written
      const storage = yield* reopen
      const place = journalOf(disk)
      disk.overwrite(place, disk.bytesOf(place).slice(0, 200))
      expectCorrupt(yield* Effect.flip(storage.read(["a"])), place)
      expectCorrupt(yield* Effect.flip(storage.commit([put("a", 3)])), place)
    }))

  it.live("that ends before its records do is named, once one of them is read", () =>
    Effect.gen(function*() {
      const { disk, reopen } = yield* written
      const place = journalOf(disk)
      const bytes = disk.bytesOf(place)
      disk.overwrite(place, bytes.slice(0, bytes.indexOf(0x0a) + 1))
      expectCorrupt(yield* Effect.flip(Effect.flatMap(reopen, contents)), place)
    }))

  it.live("can be moved away: the record files go on, and no version comes again", () =>
    Effect.gen(function*() {
      const { disk, reopen } = yield* written
      const files = disk.mount()
      yield* files.rename(journalOf(disk), "/data/kept.jsonl")
      const storage = yield* reopen
      assert.deepStrictEqual(yield* contents(storage), { a: 2, b: 2 })
      yield* storage.commit([put("c", 1)])
      const versions = yield* storage.read(["a", "c"])
      assert.strictEqual(versions.get("a")?.version, "2")
      assert.isAbove(Number(versions.get("c")?.version), 1_000_000)
    }))
})
