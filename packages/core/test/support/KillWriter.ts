/**
 * A writer that is killed: it commits without end, and tells what it is about to commit and what was acknowledged. Each
 * commit of number n puts n into two records, makes one of its own, and raises a counter that all writers share.
 *
 * The child processes of the stores' kill tests run it, bundled: what store and which writer is theirs to say.
 */
import type { Change, Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { writeSync } from "node:fs"

const isFull = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "EAGAIN"

/** Tells it before it goes on. A pipe takes a line whole or, while who reads it is busy, not at all: then again. */
const tell = (word: string, number: number) =>
  Effect.retry(
    Effect.try({ try: () => writeSync(1, `${word} ${number}\n`), catch: (cause) => cause }),
    { while: isFull, schedule: Schedule.spaced("1 millis") }
  )

const step = (storage: Storage["Service"], name: string, number: number): Effect.Effect<void, unknown> =>
  Effect.gen(function*() {
    const found = yield* storage.read(["counter", `pair/${name}/a`, `pair/${name}/b`])
    const [a, b] = [found.get(`pair/${name}/a`)?.value, found.get(`pair/${name}/b`)?.value]
    if (a !== b) yield* tell("half", number)
    const counter = found.get("counter")
    const changes: ReadonlyArray<Change> = [
      { _tag: "Put", id: "counter", value: Number(counter?.value ?? 0) + 1, expected: counter?.version ?? null },
      { _tag: "Put", id: `pair/${name}/a`, value: number },
      { _tag: "Put", id: `pair/${name}/b`, value: number },
      { _tag: "Put", id: `log/${name}/${number}`, value: "x".repeat(number % 500), expected: null }
    ]
    yield* Effect.catchTag(storage.commit(changes), "CommitConflict", () => step(storage, name, number))
  })

/** Writes from the number `first` on, as the writer of that name, until it is killed. A failure ends the process with 1. */
export const writeForEver = (
  opened: Effect.Effect<Storage["Service"], unknown, Scope.Scope>,
  name: string,
  first: number
): void => {
  const program = Effect.gen(function*() {
    const storage = yield* opened
    for (let number = first;; number++) {
      yield* tell("begin", number)
      yield* step(storage, name, number)
      yield* tell("done", number)
    }
  })
  Effect.runPromise(Effect.scoped(program)).catch((cause) => {
    writeSync(2, String(cause))
    process.exit(1)
  })
}
