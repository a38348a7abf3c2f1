/** Several writers and readers at once, over several handles, as several processes would be. */
import * as Effect from "effect/Effect"
import type { Json, Storage, StoredRecord } from "../Storage.ts"
import { type Check, commit, ensure, ensureEqual, find, put } from "./Check.ts"

const HANDLES = 3
const FIBERS = 6
const INCREMENTS = 12

/** One counter, raised by one, however often others are first. */
const increment = (storage: Storage["Service"], id: string) =>
  Effect.retry(
    Effect.flatMap(find(storage, id), (record) =>
      storage.commit([put(id, Number(record?.value ?? 0) + 1, record?.version ?? null)])),
    {
      while: (error) =>
        error._tag === "CommitConflict"
    }
  )

const lostUpdates: Check = {
  name: "no update is lost between writers over several handles",
  run: (open) =>
    Effect.gen(function*() {
      const handles = yield* Effect.all(Array.from({ length: HANDLES }, () => open))
      const fibers = Array.from({ length: FIBERS }, (_, index) => handles[index % HANDLES]).filter((handle) =>
        handle !== undefined
      )
      yield* Effect.forEach(
        fibers,
        (storage) => Effect.repeat(increment(storage, "counter"), { times: INCREMENTS - 1 }),
        { concurrency: "unbounded", discard: true }
      )
      for (const storage of handles) {
        yield* ensureEqual((yield* find(storage, "counter"))?.value, FIBERS * INCREMENTS, "The counter")
      }
    })
}

const IDS = ["i/a", "i/b", "i/deep/c", "j"]

/** The same number in all records, or a violation: then half a commit shows. */
const ensureWhole = (records: ReadonlyArray<StoredRecord | undefined>, how: string) => {
  const values = records.map((record) => record?.value)
  return ensure(
    values.length === IDS.length && new Set(values).size === 1,
    `A ${how} shows half a commit: ${JSON.stringify(values)}`
  )
}

const isolation: Check = {
  name: "reads and scans never show half a commit",
  run: (open) =>
    Effect.gen(function*() {
      const [one, two, reader] = [yield* open, yield* open, yield* open]
      yield* commit(one, ...IDS.map((id) => put(id, 0)))
      const writers = { busy: 2 }
      const write = (storage: Storage["Service"], offset: number) =>
        Effect.gen(function*() {
          for (let round = 1; round <= 25; round++) {
            yield* commit(storage, ...IDS.map((id): ReturnType<typeof put> => put(id, round * 2 + offset)))
            yield* Effect.yieldNow
          }
          writers.busy -= 1
        })
      const look = (storage: Storage["Service"]) =>
        Effect.gen(function*() {
          while (writers.busy > 0) {
            const found = yield* storage.read(IDS)
            yield* ensureWhole(IDS.map((id) => found.get(id)), "read")
            yield* ensureWhole(yield* storage.scan({ prefix: "", limit: 10 }), "scan")
            yield* Effect.yieldNow
          }
        })
      yield* Effect.all([write(one, 0), write(two, 1), look(one), look(reader)], {
        concurrency: "unbounded",
        discard: true
      })
    })
}

const visibility: Check = {
  name: "a commit is seen by every handle as soon as it has succeeded",
  run: (open) =>
    Effect.gen(function*() {
      const handles = yield* Effect.all(Array.from({ length: HANDLES }, () => open))
      for (let round = 0; round < 12; round++) {
        const writer = handles[round % HANDLES]
        const value: Json = { round }
        if (writer !== undefined) yield* commit(writer, put("seen", value), put(`seen/${round}`, value))
        for (const handle of handles) {
          yield* ensureEqual((yield* find(handle, "seen"))?.value, value, "The record over another handle")
          yield* ensureEqual(
            (yield* handle.scan({ prefix: "seen/", limit: 100 })).length,
            round + 1,
            "The records listed"
          )
        }
      }
    })
}

const oneWinner: Check = {
  name: "of writers that expect the same version, one wins",
  run: (open) =>
    Effect.gen(function*() {
      const handles = yield* Effect.all(Array.from({ length: HANDLES }, () => open))
      for (let round = 0; round < 8; round++) {
        const id = `race/${round}`
        const outcomes = yield* Effect.forEach(
          [...handles, ...handles],
          (storage, index) =>
            storage.commit([put(id, index, null), put(`${id}/owner/${index}`, index)]).pipe(
              Effect.as(index),
              Effect.catchTag("CommitConflict", () => Effect.succeed(undefined))
            ),
          { concurrency: "unbounded" }
        )
        const winners = outcomes.filter((index) => index !== undefined)
        const storage = handles[0]
        if (storage === undefined) return
        yield* ensureEqual(winners.length, 1, "The winners")
        yield* ensureEqual((yield* find(storage, id))?.value, winners[0], "The winner's record")
        yield* ensureEqual(
          (yield* storage.scan({ prefix: `${id}/owner/`, limit: 10 })).length,
          1,
          "The records of losers and winner"
        )
      }
    })
}

export const concurrencyChecks: ReadonlyArray<Check> = [lostUpdates, isolation, visibility, oneWinner]
