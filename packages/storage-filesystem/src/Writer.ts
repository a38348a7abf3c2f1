/**
 * Commits. Those that come while another is on its way wait, and then go together: one turn of the lock, one write, one
 * sync for all of them.
 */
import { StorageError } from "@keystead/core/Errors"
import { acceptChanges } from "@keystead/core/storage/Acceptable"
import { unmet } from "@keystead/core/storage/KeyStore"
import { type Change, CommitConflict, type Version } from "@keystead/core/storage/Storage"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import { Buffer } from "node:buffer"
import { type Checkpoint, type Ground, makeCheckpoint } from "./Checkpoint.ts"
import { storageError } from "./Failure.ts"
import type { OpenFile } from "./FileSystem.ts"
import { committedLine, type Entry, entryLine, type RecordChange } from "./JournalText.ts"
import type { Held } from "./Lock.ts"

/** The largest commit, in bytes of JSON. */
export const MAX_COMMIT = 32 * 1_048_576

type Outcome = Deferred.Deferred<void, CommitConflict | StorageError>

interface Request {
  readonly changes: ReadonlyArray<Change>
  readonly outcome: Outcome
}

/** What the writers of one handle share. */
interface State {
  readonly ground: Ground
  readonly checkpoint: Checkpoint
  readonly waiting: Set<Request>
  /** Whether the journal ends in commits that were answered with an error, and could not be cut off. */
  abandoned: boolean
}

export interface Writer {
  readonly commit: (changes: ReadonlyArray<Change>) => Effect.Effect<void, CommitConflict | StorageError>
  /** Gives the commits of a writer that died their mark. */
  readonly recover: Effect.Effect<void, StorageError>
}

/** The writer of one handle. */
export const makeWriter = (ground: Ground): Writer => {
  const state: State = { ground, checkpoint: makeCheckpoint(ground), waiting: new Set(), abandoned: false }
  const turn = Semaphore.makeUnsafe(1)
  const commit = Effect.fnUntraced(function*(given: ReadonlyArray<Change>) {
    const changes = yield* Effect.fromResult(acceptChanges(given))
    const request: Request = { changes, outcome: Deferred.makeUnsafe() }
    state.waiting.add(request)
    // Whoever comes first goes for all; who finds itself done is done.
    const go = Effect.suspend(() => state.waiting.has(request) ? writeWaiting(state) : Effect.void)
    yield* turn.withPermit(go).pipe(Effect.onInterrupt(() => Effect.sync(() => state.waiting.delete(request))))
    return yield* Deferred.await(request.outcome)
  })
  return { commit, recover: turn.withPermit(ground.lock.withLock(() => recover(state))) }
}

const recover = (state: State): Effect.Effect<void, StorageError> =>
  Effect.map(state.ground.journal.recover(state.abandoned), () => void (state.abandoned = false))

/** Carries out every waiting request. Their outcomes tell how it went. */
const writeWaiting = (state: State): Effect.Effect<void> => {
  const taken: Array<Request> = []
  const take = () => {
    taken.push(...state.waiting)
    state.waiting.clear()
    return taken
  }
  return state.ground.lock.withLock((held) => Effect.suspend(() => writeAll(state, held, take()))).pipe(
    Effect.catchCause((cause) =>
      Effect.sync(() => {
        // Nobody's turn came: all waited in vain for the lock. An interruption is one request's own affair.
        if (taken.length === 0 && !Cause.hasInterrupts(cause)) take()
        for (const { outcome } of taken) Deferred.doneUnsafe(outcome, Effect.failCause(cause))
      })
    )
  )
}

const writeAll = Effect.fnUntraced(function*(state: State, held: Held, requests: ReadonlyArray<Request>) {
  const { checkpoint } = state
  yield* recover(state)
  // Half of it may be done: then it is completed like that of a writer that died.
  if ((yield* checkpoint.runIfDue(held)) === "Failed") yield* recover(state)
  const batch = yield* decide(state, requests)
  if (batch.entries.length > 0) {
    yield* append(state, held, batch.entries)
    yield* checkpoint.apply([...new Set(batch.entries.flatMap(({ changes }) => changes.map(({ id }) => id)))])
  }
  for (const [{ outcome }, result] of batch.outcomes) Deferred.doneUnsafe(outcome, result)
})

interface Batch {
  readonly entries: ReadonlyArray<Entry>
  readonly outcomes: ReadonlyArray<readonly [Request, Effect.Effect<void, CommitConflict | StorageError>]>
}

/** What becomes of each request, one after another, if the entries can be written. */
const decide = Effect.fnUntraced(function*(state: State, requests: ReadonlyArray<Request>) {
  const versions = new Map<string, Version | null>()
  const entries: Array<Entry> = []
  const outcomes: Array<Batch["outcomes"][number]> = []
  let sequence = state.ground.memory.sequence()
  for (const request of requests) {
    const result = yield* Effect.result(expect(state, versions, request.changes))
    const entry = { sequence: sequence + 1, changes: effects(request.changes) }
    if (result._tag === "Success" && entry.changes.length > 0) {
      sequence += 1
      entries.push(entry)
      for (const { id, value } of entry.changes) versions.set(id, value === undefined ? null : String(sequence))
    }
    outcomes.push([request, Effect.fromResult(result)])
  }
  return { entries, outcomes } satisfies Batch
})

/** Fails with a conflict unless every record is as the changes expect; `versions` tells those of this very batch. */
const expect = Effect.fnUntraced(function*(
  { ground: { memory, records } }: State,
  versions: Map<string, Version | null>,
  changes: ReadonlyArray<Change>
) {
  if (isTooLarge(changes)) yield* tooLarge(changes)
  const now = new Map<string, Version>()
  for (const { expected, id } of changes) {
    if (expected === undefined) continue
    let version = versions.get(id) ?? (versions.has(id) ? null : memory.versionOf(id))
    if (version === undefined) {
      const sized = yield* records.read(id)
      if (sized !== undefined) memory.keep(sized)
      version = sized?.record.version ?? null
    }
    if (version !== null) now.set(id, version)
  }
  const ids = unmet(changes, (id) => now.get(id))
  if (ids.length > 0) yield* new CommitConflict({ ids })
})

const isTooLarge = (changes: ReadonlyArray<Change>): boolean =>
  changes.some((change) => change._tag === "Put") && JSON.stringify(changes).length > MAX_COMMIT

const tooLarge = (changes: ReadonlyArray<Change>): StorageError => {
  const message = `A commit of more than ${MAX_COMMIT / 1_048_576} MiB is too large. Split it.`
  return new StorageError({ reason: "Unacceptable", message, place: changes[0]?.id ?? "" })
}

/** What changes do to records. */
const effects = (changes: ReadonlyArray<Change>): ReadonlyArray<RecordChange> =>
  changes.flatMap((change): ReadonlyArray<RecordChange> => {
    if (change._tag === "Check") return []
    return [change._tag === "Put" ? { id: change.id, value: change.value } : { id: change.id }]
  })

/** Writes entries to the journal and takes them in: then they are committed. Failing that, nothing of them is left. */
const append = Effect.fnUntraced(function*(state: State, held: Held, entries: ReadonlyArray<Entry>) {
  const { files, journal, layout } = state.ground
  const bytes = Buffer.from(entries.map(entryLine).join(""))
  const mark = Buffer.from(committedLine(entries.at(-1)?.sequence ?? 0))
  yield* Effect.acquireUseRelease(
    files.openToWrite(layout.journal(journal.position().number)),
    Effect.fnUntraced(function*(file) {
      const end = yield* file.size
      yield* held.confirm
      yield* file.append(bytes).pipe(
        Effect.andThen(file.sync),
        Effect.andThen(held.confirm),
        Effect.andThen(file.append(mark)),
        Effect.onError(() => withdraw(state, held, file, end))
      )
    }),
    (file) => file.close
  ).pipe(Effect.catchTag("FileError", (error) => Effect.fail(storageError(error))))
  yield* journal.catchUp
})

/** At growing intervals, for a second: as long as the lock is held, nobody takes for committed what was answered with an error. */
const RETRIES = { times: 9, schedule: Schedule.exponential(2) }

/** Cuts off what was written of a commit that failed. */
const withdraw = (state: State, held: Held, file: OpenFile, end: number): Effect.Effect<void> =>
  held.confirm.pipe(
    Effect.andThen(file.truncate(end)),
    Effect.andThen(file.sync),
    Effect.retry(RETRIES),
    Effect.catch(() => Effect.sync(() => void (state.abandoned = true)))
  )
