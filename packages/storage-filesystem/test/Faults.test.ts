import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import { MinimumLogLevel } from "effect/References"
import { contents, expectedAfter, HISTORIES, hostOn, makeMachine, open, put, remove } from "./support/Histories.ts"
import { type Faults, makeDisk } from "./support/SimulatedDisk.ts"

const REASONS = { ENOSPC: "Full", EDQUOT: "Full", EROFS: "ReadOnly", EACCES: "ReadOnly", EIO: "Unavailable" } as const

const READS = ["read", "list", "size", "open", "modified"]

/** Some calls in a row fail, and then none. */
const failing = (code: string, from: number, calls: number): NonNullable<Faults["fail"]> => ({ count, name }) =>
  count >= from && count < from + calls && !READS.includes(name) ? code : undefined

/** Runs a history during which some calls fail, and gives the number of calls that it took. */
const run = Effect.fnUntraced(function*(
  commits: (typeof HISTORIES)[string],
  code: keyof typeof REASONS,
  from: number,
  calls: number
) {
  const [disk, machine] = [makeDisk(), makeMachine()]
  const files = disk.mount({ fail: failing(code, from, calls) })
  const process = machine.start()
  const opening = yield* Effect.result(open(hostOn(files, process)))
  if (opening._tag === "Failure") {
    assert.strictEqual(opening.failure.reason, REASONS[code])
    return files.calls() + calls
  }
  const storage = opening.success
  const done: Array<(typeof commits)[number]> = []
  for (const changes of commits) {
    const result = yield* Effect.result(storage.commit(changes))
    if (result._tag === "Success") {
      done.push(changes)
    } else {
      // The error is typed and names the file; nothing of the commit happened, for this handle and for any other.
      assert.instanceOf(result.failure, StorageError)
      assert.strictEqual(result.failure.reason, REASONS[code])
      assert.include(result.failure.message, result.failure.place ?? "?")
      assert.include(result.failure.message, code)
    }
    const expected = expectedAfter(done).at(-1)
    assert.deepStrictEqual(yield* contents(storage), expected)
    const other = yield* open(hostOn(disk.mount(), machine.start()))
    assert.deepStrictEqual(yield* contents(other), expected)
  }
  // The fault is over: the same handle goes on.
  yield* Effect.retry(storage.commit([put("after", 1)]), { times: calls })
  const expected = { ...expectedAfter(done).at(-1), after: 1 }
  assert.deepStrictEqual(yield* contents(storage), expected)
  disk.losePower(() => 0)
  assert.deepStrictEqual(yield* contents(yield* open(hostOn(disk.mount(), machine.start()))), expected)
  return files.calls()
})

describe("a file system that fails for a while", () => {
  for (const code of ["ENOSPC", "EIO", "EROFS"] as const) {
    for (const calls of code === "ENOSPC" ? [1, 4] : [2]) {
      it.live(
        `${code} in ${calls} calls, from any call on: a typed error, nothing lost, and on it goes`,
        () =>
          Effect.gen(function*() {
            const [commits] = Object.values(HISTORIES)
            for (let [from, last] = [1, 1]; from <= last; from++) {
              last = yield* run(commits ?? [], code, from, calls).pipe(
                Effect.scoped,
                // It warns of what it could put off; that it does is tested elsewhere.
                Effect.provideService(MinimumLogLevel, "None")
              )
            }
          }),
        20_000
      )
    }
  }
})

describe("a store in a folder that may not be written", () => {
  const readOnly: NonNullable<Faults["fail"]> = ({ name }) => READS.includes(name) ? undefined : "EROFS"

  it.live("can be read, and says where it may not write", () =>
    Effect.gen(function*() {
      const [disk, machine] = [makeDisk(), makeMachine()]
      const writer = yield* open(hostOn(disk.mount(), machine.start()))
      yield* writer.commit([put("a", 1), put("b", 2)])
      let frozen = true
      const fail: NonNullable<Faults["fail"]> = (call) => frozen ? readOnly(call) : undefined
      const reader = yield* open(hostOn(disk.mount({ fail }), machine.start()))
      assert.deepStrictEqual(yield* contents(reader), { a: 1, b: 2 })
      const error = yield* Effect.flip(reader.commit([put("a", 3)]))
      assert.instanceOf(error, StorageError)
      assert.strictEqual(error.reason, "ReadOnly")
      assert.include(error.message, "EROFS")
      yield* writer.commit([remove("b")])
      assert.deepStrictEqual(yield* contents(reader), { a: 1 })
      frozen = false
      yield* reader.commit([put("a", 3)])
      assert.deepStrictEqual(yield* contents(writer), { a: 3 })
    }))

  it.live("shows the commits whose mark was lost with the power", () =>
    Effect.gen(function*() {
      const [disk, machine] = [makeDisk(), makeMachine()]
      yield* Effect.scoped(Effect.gen(function*() {
        const writer = yield* open(hostOn(disk.mount(), machine.start()))
        yield* writer.commit([put("a", 1)])
        yield* writer.commit([put("a", 2)])
      }))
      disk.losePower(() => 0)
      const reader = yield* open(hostOn(disk.mount({ fail: readOnly }), machine.start()))
      assert.deepStrictEqual(yield* contents(reader), { a: 2 })
    }))

  it.live("cannot be made there", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(open(hostOn(makeDisk().mount({ fail: readOnly }), makeMachine().start())))
      assert.strictEqual(error.reason, "ReadOnly")
    }))
})
