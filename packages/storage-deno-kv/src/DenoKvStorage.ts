/**
 * The Storage service over a Deno KV: a local file, a KV hosted by oneself, or Deno Deploy's. A record is one key, whose
 * versionstamp is its version; a commit is one atomic operation, or stands as one (`Large.ts`).
 */
import type { StorageError } from "@keystead/core/Errors"
import { acceptChanges, frozenCopy, isAcceptableId } from "@keystead/core/storage/Acceptable"
import { unmet } from "@keystead/core/storage/KeyStore"
import {
  type Change,
  CommitConflict,
  compareIds,
  type Json,
  type ScanRange,
  Storage,
  type StoredRecord
} from "@keystead/core/storage/Storage"
import * as Utf8 from "@keystead/core/Utf8"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { corrupt, tooLarge } from "./Failure.ts"
import * as Keys from "./Keys.ts"
import { bounds, type Entry, type Kv } from "./Kv.ts"
import { commitLarge, sweep } from "./Large.ts"
import { entries, settle } from "./Moment.ts"
import { addSteps, groupsOf, type Step, stepsOf } from "./Steps.ts"
import { commit as commitAtomic, format, type Last, list, type Store } from "./Store.ts"

/** What to open, and what to call it in errors. */
export interface Options {
  /** What `Deno.openKv` gives. Whoever opened it closes it. */
  readonly kv: Kv
  /** Such as the file's path; "The Deno KV" by default. */
  readonly place?: string
}

/** Opens the store in a Deno KV: completes what was left half done, and sweeps away what was left undone. */
export const make = ({ kv, place = "The Deno KV" }: Options): Effect.Effect<Storage["Service"], StorageError> => {
  const store = { kv, place }
  return settle(place, entries(store, [])).pipe(
    Effect.andThen(sweep(store)),
    Effect.as(Storage.of({
      read: (ids) => settle(place, read(store, ids)),
      scan: (range) => settle(place, scan(store, range)),
      commit: (changes) =>
        Effect.asVoid(
          Effect.flatMap(
            Effect.fromResult(acceptChanges(changes)),
            (accepted) => settle(place, commit(store, accepted))
          )
        )
    }))
  )
}

/** The same as a layer. */
export const layer = (options: Options): Layer.Layer<Storage, StorageError> => Layer.effect(Storage, make(options))

const partsIn = (value: unknown): number => {
  const parts: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "parts") : 0
  return Number.isInteger(parts) ? Number(parts) : 0
}

const partKeys = (id: string, { value }: Entry) =>
  Array.from({ length: partsIn(value) }, (_, index) => Keys.part(id, index))

/** A record's id, and what is under its key. */
type Head = readonly [id: string, head: Entry]

/** The records of those heads, with the texts of long ones; undefined if something was committed since `last`. */
const records = Effect.fnUntraced(function*(store: Store, heads: ReadonlyArray<Head>, last: Last) {
  const moment = yield* entries(store, heads.flatMap(([id, head]) => partKeys(id, head)), last)
  return moment === undefined ? undefined : yield* recordsOf(heads, moment.found)
})

const recordsOf = Effect.fnUntraced(function*(heads: ReadonlyArray<Head>, texts: ReadonlyArray<Entry>) {
  const found: Array<StoredRecord> = []
  let at = 0
  for (const [id, { value, versionstamp }] of heads) {
    const parts = texts.slice(at, at += partsIn(value)).map((part) => part.value)
    const json = parsed(parts.length > 0 ? parts : [value])
    if (json === undefined || versionstamp === null) return yield* corrupt(id)
    found.push(Object.freeze({ id, version: versionstamp, value: json }))
  }
  return found
})

const parsed = (texts: ReadonlyArray<unknown>): Json | undefined => {
  try {
    return texts.every((text) => typeof text === "string") ? frozenCopy(JSON.parse(texts.join(""))) : undefined
  } catch {
    return undefined
  }
}

const read = Effect.fnUntraced(function*(store: Store, ids: ReadonlyArray<string>) {
  const wanted = [...new Set(ids.filter((id) => isAcceptableId(id) && fits(id)))]
  if (wanted.length === 0) return new Map<string, StoredRecord>()
  const moment = yield* entries(store, wanted.map(Keys.record))
  if (moment === undefined) return undefined
  const heads = moment.found.map((head, index): Head => [wanted[index] ?? "", head])
    .filter(([, { versionstamp }]) => versionstamp !== null)
  // Short records are of one moment already.
  const found = heads.every(([, { value }]) => partsIn(value) === 0)
    ? yield* recordsOf(heads, [])
    : yield* records(store, heads, moment.last)
  return found && new Map(found.map((record) => [record.id, record]))
})

const fits = (id: string): boolean => Keys.lengthOf(Keys.record(id)) <= bounds.keyLength

const scan = Effect.fnUntraced(function*(store: Store, { after, limit, prefix }: ScanRange) {
  if (after !== undefined && after !== "" && !(isAcceptableId(after) && fits(after))) {
    return yield* tooLarge(store.place, "a page after what is no record's id")
  }
  const isBeyond = after !== undefined && compareIds(after, prefix) > 0 && !after.startsWith(prefix)
  if (isBeyond || !Utf8.isWellFormed(prefix) || !fits(prefix)) return []
  const moment = yield* entries(store, [])
  if (moment === undefined) return undefined
  const listed = yield* list(store, Keys.range(prefix, after), limit)
  return yield* records(store, listed.map((head): Head => [String(head.key[2]), head]), moment.last)
})

/** Whether it is done; undefined if others came between. */
const commit = Effect.fnUntraced(function*(store: Store, changes: ReadonlyArray<Change>) {
  const ids = changes.map(({ id }) => id)
  for (const id of ids) if (!fits(id)) return yield* tooLarge(store.place, "an id with so many zeros")
  const moment = yield* entries(store, ids.map(Keys.record))
  if (moment === undefined) return undefined
  const heads = new Map(ids.map((id, index) => [id, moment.found[index]]))
  const conflicts = unmet(changes, (id) => heads.get(id)?.versionstamp ?? undefined)
  if (conflicts.length > 0) return yield* new CommitConflict({ ids: conflicts })
  const steps = changes.flatMap((change) => stepsOf(change, partsIn(heads.get(change.id)?.value)))
  if (steps.length === 0) return true
  const done = groupsOf(steps).length > 1
    ? yield* commitLarge(store, steps, moment.last)
    : yield* commitSmall(store, steps, moment.found, moment.last)
  return done ? true : undefined
})

/** Does the steps, if the records are still those. */
const commitSmall = (store: Store, steps: ReadonlyArray<Step>, heads: ReadonlyArray<Entry>, last: Last) => {
  const atomic = store.kv.atomic().check({ key: Keys.large, versionstamp: null })
  // Of many records nobody may have changed any: then nobody may have changed anything at all.
  if (heads.length < bounds.checks) {
    for (const { key, versionstamp } of heads) atomic.check({ key: Keys.record(String(key[2])), versionstamp })
  } else atomic.check({ key: Keys.last, versionstamp: last })
  addSteps(atomic, steps).set(Keys.last, format)
  return commitAtomic(store, atomic)
}
