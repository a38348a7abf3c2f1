/**
 * Takes note of when keys were last used, in memory, and persists it now and then, into one small record a key: so using a
 * key costs no write. What was noted is lost if the process ends before it is persisted.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type KeyRecord, recordId, usageId } from "../domain/KeyRecord.ts"
import { LastUsage, Since, sinceId, type Use } from "../domain/LastUsage.ts"
import type { IntegrityError, StorageError } from "../Errors.ts"
import type { Operation } from "../operations/Operation.ts"
import type { Change } from "../storage/Storage.ts"
import { retrying } from "./Conflicts.ts"
import type { LastUsages } from "./LastUsages.ts"
import type { Loaded } from "./Reader.ts"
import type { Records } from "./Records.ts"

/** So many keys are noted before what is noted is persisted, whether or not it is time. */
export const mostNoted = 10_000

/** So many keys are persisted in one commit. */
const inOneCommit = 100

/** What is noted of a key. */
interface Note {
  readonly key: KeyRecord
  readonly usage: LastUsage
}

/** A record that must not be used keeps nothing else from being persisted: it shows where it is read for its own sake. */
const unlessBroken = <Content>(
  read: Effect.Effect<Loaded<Content> | undefined, StorageError | IntegrityError>
): Effect.Effect<Loaded<Content> | "broken" | undefined, StorageError> =>
  Effect.catchTag(read, "IntegrityError", () => Effect.succeed("broken" as const))

/** The steps that persist a note, if the key is still there and nobody has persisted a later use. */
const stepsOf = Effect.fnUntraced(function*(records: Records, { key, usage }: Note) {
  const steps: Array<Change> = []
  const owner = yield* unlessBroken(records.keys.read(recordId(key, key.keyId)))
  const id = usageId(key)
  const known = yield* unlessBroken(records.reader(LastUsage).read(id))
  if (owner === undefined || owner === "broken" || known === "broken") return steps
  if (known !== undefined && known.content.time > usage.time) return steps
  steps.push(
    // The record goes with its key, and must not come after it.
    { _tag: "Check", id: owner.id, expected: owner.version },
    yield* records.put(id, usage, { expected: known?.version ?? null })
  )
  return steps
})

const persistSome = Effect.fnUntraced(function*(records: Records, since: number, notes: ReadonlyArray<Note>) {
  const steps = (yield* Effect.forEach(notes, (note) => stepsOf(records, note))).flat()
  if (steps.length === 0) return
  const known = yield* unlessBroken(records.reader(Since).read(sinceId))
  if (known === undefined) steps.push(yield* records.put(sinceId, since, { expected: null }))
  yield* records.commit(steps)
})

const isUse = (operation: Operation): operation is Operation<Use> => operation.countsAsUse === true

/** Notes by their keys' accounts: a store may keep those apart, and then changes no two of them in one commit. */
const byAccount = (notes: ReadonlyMap<string, Note>) => {
  const accounts = new Map<string, Array<readonly [arn: string, note: Note]>>()
  for (const [arn, note] of notes) {
    const { account } = note.key
    const noted = accounts.get(account)
    if (noted === undefined) accounts.set(account, [[arn, note]])
    else noted.push([arn, note])
  }
  return accounts.values()
}

/** What takes note from now on. */
export const makeUsageNotes: Effect.Effect<LastUsages> = Effect.map(Clock.currentTimeMillis, (now) => {
  const since = Math.floor(now)
  const notes = new Map<string, Note>()
  return {
    since,
    note: ({ asked: { now: time, requestId }, keys, operation }) => {
      if (!isUse(operation)) return false
      for (const { arn, record } of keys) {
        const later = notes.get(arn)
        if (later !== undefined && later.usage.time > time) continue
        notes.set(arn, { key: record, usage: { operation: operation.name, time, requestId } })
      }
      return notes.size >= mostNoted
    },
    noted: (arn) => notes.get(arn)?.usage,
    persist: Effect.fnUntraced(function*({ crypto, records }) {
      for (const noted of byAccount(notes)) {
        for (let at = 0; at < noted.length; at += inOneCommit) {
          const some = noted.slice(at, at + inOneCommit)
          yield* retrying(crypto, persistSome(records, since, some.map(([, note]) => note)))
          // What was used again meanwhile is noted anew.
          for (const [arn, note] of some) if (notes.get(arn) === note) notes.delete(arn)
        }
      }
    })
  }
})
