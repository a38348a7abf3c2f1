/**
 * Replacing a store's root key, while the store is used, and resumably.
 *
 * It begins with one commit of the record `root/key`, which names the new root key beside the former. From then on all is
 * written under the new one, and read under either; who had the store open with the former alone can write no more (each
 * commit checks that record). Then every record is gone through, and put under the new root key. A last commit makes it the
 * only one. If it stops anywhere, it is called again, with both: what is done already is not done again.
 */
import * as Effect from "effect/Effect"
import type { RootKeyUses } from "../crypto/RootKey.ts"
import { checkOf, establish, type KeptKey, obtainKept, readKept, type RootKeySource } from "../crypto/RootKeyRecord.ts"
import type { IntegrityError, StorageError } from "../Errors.ts"
import { RootKeyError } from "../Errors.ts"
import { type Change, rootKeyRecordId, Storage } from "../storage/Storage.ts"
import { convert, sealUnder } from "./Convert.ts"
import { type HeldRootKey, hold, type Standing } from "./HeldRootKey.ts"

/** What was done. */
export interface Rewrapped {
  /** How many records were put under the new root key. */
  readonly records: number
}

const progressId = "root/progress"
const pageSize = 100

const replacedMeanwhile = () =>
  new RootKeyError({
    reason: "Replacing",
    message:
      "Another process is replacing the store's root key. Let it finish, and open the store again, with the new one."
  })

/**
 * The store's root key, held so that it can be replaced. `next` is where the root key comes from that is replacing it:
 * needed while that is not complete, and allowed when it is.
 */
export const establishHeld = Effect.fnUntraced(function*<E, R>(
  source: RootKeySource<E, R>,
  next?: RootKeySource<E, R>
): Effect.fn.Return<HeldRootKey, E | StorageError | RootKeyError, Storage | R> {
  const present = yield* readKept
  if (present === undefined || next === undefined) {
    const { recorded, ...current } = yield* establish(source)
    return hold({ current, recorded: recorded ?? "" })
  }
  const { kept, version: recorded } = present
  if (kept.next !== undefined) {
    const former = yield* obtainKept(source, kept)
    return hold({ current: yield* obtainKept(next, kept.next), former, recorded })
  }
  const own = yield* Effect.result(obtainKept(source, kept))
  if (own._tag === "Success") return hold({ current: own.success, recorded })
  const replaced = Effect.mapError(obtainKept(next, kept), () => own.failure)
  return hold({ current: yield* replaced, recorded })
})

/** Whether another writer was first, and the record as it is after the commit. */
const commitKept = Effect.fnUntraced(function*(change: Change, more: ReadonlyArray<Change>) {
  const storage = yield* Storage
  yield* Effect.catchTag(storage.commit([change, ...more]), "CommitConflict", () => Effect.fail(replacedMeanwhile()))
  const present = yield* readKept
  return present ?? (yield* replacedMeanwhile())
})

/** Names the new root key beside the former, and turns to it. Nothing if the store has that one already. */
const begin = Effect.fnUntraced(function*<E, R>(held: HeldRootKey, source: RootKeySource<E, R>) {
  const { parameters, rootKey } = yield* source.create
  const next: KeptKey = { check: yield* checkOf(rootKey), parameters }
  const turning = Effect.gen(function*() {
    const { current, recorded } = held.standing()
    const value = { ...yield* keptNow(recorded), next }
    const { version } = yield* commitKept({ _tag: "Put", id: rootKeyRecordId, value, expected: recorded }, [])
    const standing: Standing = { current: rootKey, former: current, recorded: version }
    return standing
  })
  if (next.check !== (yield* keptNow(held.standing().recorded)).check) yield* held.turn(turning)
})

/** What the record tells, if it is still the one that is known. */
const keptNow = Effect.fnUntraced(function*(recorded: string) {
  const present = yield* readKept
  return present?.version === recorded ? present.kept : yield* replacedMeanwhile()
})

/** Makes the new root key the only one. */
const complete = (held: HeldRootKey) =>
  held.turn(Effect.gen(function*() {
    const { current, recorded } = held.standing()
    const { next } = yield* keptNow(recorded)
    if (next === undefined) return yield* replacedMeanwhile()
    const { version } = yield* commitKept(
      { _tag: "Put", id: rootKeyRecordId, value: next, expected: recorded },
      [{ _tag: "Remove", id: progressId }]
    )
    const standing: Standing = { current, recorded: version }
    return standing
  }))

/** Where an earlier run got to. What is said of it is believed only under the new root key. */
const progress = Effect.fnUntraced(function*(current: RootKeyUses) {
  const stored = (yield* (yield* Storage).read([progressId])).get(progressId)
  if (stored === undefined) return undefined
  const { value } = stored
  const after: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "content") : undefined
  if (typeof after !== "string") return undefined
  const own = yield* sealUnder(current, progressId, after)
  return Reflect.get(Object(value), "mac") === own.mac ? after : undefined
})

/** Puts every record under the new root key, page by page; what must not be used is left as it is, and told. */
const convertAll = Effect.fnUntraced(function*(former: RootKeyUses, current: RootKeyUses, recorded: string) {
  const storage = yield* Storage
  const fence: Change = { _tag: "Check", id: rootKeyRecordId, expected: recorded }
  let records = 0
  let failed: IntegrityError | undefined
  const attempt = (stored: Parameters<typeof convert>[0]) =>
    Effect.catch(convert(stored, former, current), (error) =>
      Effect.sync(() => {
        failed ??= error
        return undefined
      }))
  let after = yield* progress(current)
  for (let more = true; more;) {
    const page = yield* storage.scan({ prefix: "", limit: pageSize, ...(after === undefined ? {} : { after }) })
    const sealed = page.filter(({ id }) => id !== rootKeyRecordId && id !== progressId)
    const steps = (yield* Effect.forEach(sealed, attempt)).filter((step) => step !== undefined)
    const last = page.at(-1)?.id
    if (steps.length > 0 && last !== undefined) {
      // A record that must not be used is come to again.
      const reached = failed === undefined
        ? [{ _tag: "Put" as const, id: progressId, value: yield* sealUnder(current, progressId, last) }]
        : []
      const committed = yield* Effect.result(storage.commit([...steps, ...reached, fence]))
      if (committed._tag === "Failure") {
        if (committed.failure._tag === "StorageError") return yield* committed.failure
        if (committed.failure.ids.includes(rootKeyRecordId)) return yield* replacedMeanwhile()
        continue
      }
      records += steps.length
    }
    more = page.length === pageSize
    after = last
  }
  return failed === undefined ? records : yield* failed
})

/**
 * Replaces the root key with that of the source, or goes on with it. IntegrityError names a record that must not be used:
 * all others are done, the former root key still counts, and once it is restored or removed this is called again.
 */
export const rewrap = Effect.fnUntraced(function*<E, R>(
  held: HeldRootKey,
  source: RootKeySource<E, R>
): Effect.fn.Return<Rewrapped, E | StorageError | RootKeyError | IntegrityError, Storage | R> {
  if (held.standing().former === undefined) yield* begin(held, source)
  const { current, former, recorded } = held.standing()
  if (former === undefined) return { records: 0 }
  const records = yield* convertAll(former, current, recorded)
  yield* complete(held)
  return { records }
})
