/** What one commit makes of another that comes at any moment of it: before each of its operations, whole or by half. */
import { assert, describe, it } from "@effect/vitest"
import type { Change } from "@keystead/core/storage/Storage"
import * as DenoKvStorage from "@keystead/storage-deno-kv/DenoKvStorage"
import * as Keys from "@keystead/storage-deno-kv/Keys"
import * as Effect from "effect/Effect"
import { type Database, type Hooks, memoryKv, newDatabase } from "./support/MemoryKv.ts"

const open = (database: Database, hooks?: Hooks) => DenoKvStorage.make({ kv: memoryKv(database, hooks), place: "KV" })

const most = 20

/** Writes one letter, or many of it, into that many records, the first of which is expected as it was, or as it may be. */
const lettered = (value: string, count: number, expected: string | undefined): ReadonlyArray<Change> =>
  Array.from({ length: count }, (_, index): Change => ({
    _tag: "Put",
    id: `r/${index}`,
    value,
    ...(index === 0 && expected !== undefined ? { expected } : {})
  }))

/** So long that many of them do not fit one atomic operation. */
const long = (letter: string): string => letter.repeat(45_000)

/** A writer whose process is killed when it has decided a large commit, and done nothing of it. */
const dying = (database: Database): Hooks => ({
  after: () => {
    if ([...database.entries.values()].some(({ key }) => key.join() === Keys.large.join())) throw new Error("killed")
  }
})

interface Case {
  readonly count: number
  readonly isLong: boolean
  readonly isBlind: boolean
  readonly dies: boolean
}

/** Runs a commit, and another before its n-th operation. Answers whether that came, and what was left. */
const interleaved = Effect.fnUntraced(function*({ count, dies, isBlind, isLong }: Case, at: number) {
  const database = newDatabase()
  const storage = yield* open(database)
  yield* storage.commit(lettered("0", most, undefined))
  const version = (yield* storage.read(["r/0"])).get("r/0")?.version ?? ""
  let operations = Number.NEGATIVE_INFINITY
  let other = "none"
  const intrude = Effect.gen(function*() {
    const intruder = yield* open(database, dies ? dying(database) : {})
    const outcome = yield* Effect.result(
      intruder.commit(lettered(dies ? long("i") : "i", most, isBlind ? undefined : version))
    )
    other = outcome._tag === "Success" ? "done" : outcome.failure._tag
  })
  const victim = yield* open(database, {
    before: async () => {
      if (++operations === at) await Effect.runPromise(intrude)
    }
  })
  operations = 0
  const own = yield* Effect.result(victim.commit(lettered(isLong ? long("v") : "v", count, version)))
  const left = yield* storage.read(Array.from({ length: count }, (_, index) => `r/${index}`))
  const letters = new Set(Array.from(left.values(), ({ value }) => JSON.stringify(value)[1]))
  return { other, own: own._tag === "Success" ? "done" : own.failure._tag, letters: [...letters].join("") }
})

/** What may come of two commits, of which the victim's expects what was there before. */
const isRight = (
  { isBlind }: Case,
  { letters, other, own }: Effect.Success<ReturnType<typeof interleaved>>
): boolean => {
  // Killed: it is as if it had been done, or not.
  if (other === "StorageError") return own === (letters === "v" ? "done" : "CommitConflict")
  if (isBlind) return letters === "i" && other === "done"
  return (own === "done") !== (other === "done") && letters === (own === "done" ? "v" : "i")
}

describe("Two commits", () => {
  for (const [count, isLong] of [[3, false], [most, false], [most, true]] as const) {
    for (
      const [name, isBlind, dies] of [
        ["that expects the same", false, false],
        ["that expects nothing", true, false],
        ["that is killed when it has decided", false, true]
      ] as const
    ) {
      it.live(`of ${count}${isLong ? " long" : ""} records, and one ${name}, at any moment of the first, are as if one after the other`, () =>
        Effect.gen(function*() {
          const of: Case = { count, isLong, isBlind, dies }
          const seen = new Set<string>()
          for (let at = 1;; at++) {
            const outcome = yield* interleaved(of, at)
            if (outcome.other === "none") break
            seen.add(outcome.own)
            assert.isTrue(
              isRight(of, outcome),
              `before operation ${at}: ${JSON.stringify(outcome)}`
            )
          }
          assert.isTrue(seen.has("CommitConflict"))
        }))
    }
  }
})
