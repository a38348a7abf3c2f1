/** The shape of a contract's check, and the few words that checks are written in. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import type * as Scope from "effect/Scope"
import type { StorageError } from "../../Errors.ts"
import {
  type Change,
  type CommitConflict,
  compareIds,
  type Json,
  type ScanRange,
  type Storage,
  type StoredRecord,
  type Version
} from "../Storage.ts"

/** The adapter did what a store must not do. */
export class ContractViolation extends Data.TaggedError("ContractViolation")<{ readonly message: string }> {}

/** Opens one and the same store, once more each time it is run; the handle closes with the scope. */
export type Open = Effect.Effect<Storage["Service"], StorageError, Scope.Scope>

/** One promise of the Storage service. It wants a store without records. */
export interface Check {
  readonly name: string
  readonly run: (open: Open) => Effect.Effect<void, ContractViolation | StorageError, Scope.Scope>
}

type Handle = Storage["Service"]
/** What a check's steps are: they find a violation, or the store fails. */
export type Checked<A> = Effect.Effect<A, ContractViolation | StorageError>

/** A check that needs one handle only. */
export const check = (name: string, run: (storage: Handle) => Checked<void>): Check => ({
  name,
  run: (open) => Effect.flatMap(open, run)
})

/** A violation when the condition does not hold. */
export const ensure = (condition: boolean, message: string): Effect.Effect<void, ContractViolation> =>
  condition ? Effect.void : Effect.fail(new ContractViolation({ message }))

/** A violation when the two are not structurally equal. */
export const ensureEqual = (actual: unknown, expected: unknown, what: string): Effect.Effect<void, ContractViolation> =>
  ensure(Equal.equals(actual, expected), `${what}: expected ${shown(expected)}, found ${shown(actual)}`)

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}

/** Puts a value, with an expectation or without. */
export const put = (id: string, value: Json, expected?: Version | null): Change =>
  expected === undefined ? { _tag: "Put", id, value } : { _tag: "Put", id, value, expected }

/** Removes a record, with an expectation or without. */
export const remove = (id: string, expected?: Version | null): Change =>
  expected === undefined ? { _tag: "Remove", id } : { _tag: "Remove", id, expected }

/** Expects a version, or (null) no record, and changes nothing. */
export const holds = (id: string, expected: Version | null): Change => ({ _tag: "Check", id, expected })

/** A commit that must succeed. */
export const commit = (storage: Handle, ...changes: ReadonlyArray<Change>): Checked<void> =>
  Effect.catchTag(storage.commit(changes), "CommitConflict", unexpectedConflict)

const unexpectedConflict = ({ ids }: CommitConflict) =>
  Effect.fail(new ContractViolation({ message: `A commit whose expectations hold met a conflict over ${shown(ids)}` }))

/** A commit that must meet a conflict over exactly those ids. */
export const refused = (
  storage: Handle,
  ids: ReadonlyArray<string>,
  ...changes: ReadonlyArray<Change>
): Checked<void> =>
  storage.commit(changes).pipe(
    Effect.flatMap(() => ensure(false, `A commit succeeded against its expectation of ${shown(ids)}`)),
    Effect.catchTag("CommitConflict", (conflict) =>
      ensureEqual(conflict.ids.toSorted(), ids.toSorted(), "The ids of a conflict"))
  )

/** The record of that id, if it exists. */
export const find = (storage: Handle, id: string): Effect.Effect<StoredRecord | undefined, StorageError> =>
  Effect.map(storage.read([id]), (found) => found.get(id))

/** The version of a record that must exist. */
export const versionOf = (storage: Handle, id: string): Checked<Version> =>
  Effect.flatMap(find(storage, id), (record) =>
    record === undefined
      ? Effect.fail(new ContractViolation({ message: `The record ${shown(id)} is not there` }))
      : Effect.succeed(record.version))

/** What a record must hold; `undefined`: it must not exist. */
export const ensureValue = (storage: Handle, id: string, value: Json | undefined): Checked<void> =>
  Effect.flatMap(find(storage, id), (record) => ensureEqual(record?.value, value, `The value of ${shown(id)}`))

/** All records of a range, page after page, each page but the last full. */
export const pages = Effect.fnUntraced(function*(storage: Handle, range: ScanRange) {
  const all: Array<StoredRecord> = []
  let after = range.after
  for (;;) {
    const page = yield* storage.scan(after === undefined ? range : { ...range, after })
    yield* ensure(page.length <= range.limit, `A page of at most ${range.limit} holds ${page.length} records`)
    const first = page[0]
    yield* ensure(
      first === undefined || after === undefined || compareIds(first.id, after) > 0,
      `A page after ${shown(after)} begins with ${shown(first?.id)}`
    )
    all.push(...page)
    after = page.at(-1)?.id
    if (page.length < range.limit) return all
  }
})
