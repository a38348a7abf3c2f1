/**
 * The Storage service over a SQL database, through Effect's SQL module: one schema, whose migrations are made when the
 * store is opened, and a commit that is one atomic step. `NodeSqlite.ts`, `DurableObject.ts` and `D1.ts` open it.
 */
import type { StorageError } from "@keystead/core/Errors"
import { acceptChanges, isAcceptableId } from "@keystead/core/storage/Acceptable"
import { type Change, CommitConflict, type ScanRange, type Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import type { Query } from "./Dialect.ts"
import type { Engine, Step } from "./Engine.ts"
import { fromSqlError, illFormed } from "./Failure.ts"
import { parametersOf, partsOf } from "./Parts.ts"
import * as RecordId from "./RecordId.ts"
import { recordsOf } from "./Rows.ts"
import { migrate } from "./Schema.ts"

/** Opens the store in a database: makes its tables, if they are not there. */
export const make = <Q extends Query>(engine: Engine<Q>): Effect.Effect<Storage["Service"], StorageError> =>
  Effect.as(migrate(engine), {
    read: (ids) => Effect.map(read(engine, ids), (records) => new Map(records.map((record) => [record.id, record]))),
    scan: (range) => scan(engine, range),
    commit: (changes) => commit(engine, changes)
  })

const ask = <Q extends Query>({ atomically, place }: Engine<Q>, asks: ReadonlyArray<Q>) => {
  const [only, ...others] = asks
  // One question needs no transaction.
  const rows: Query = only !== undefined && others.length === 0 ? only : atomically({ asks, guards: [], writes: [] })
  return Effect.mapError(rows, fromSqlError(place))
}

const read = <Q extends Query>(engine: Engine<Q>, ids: ReadonlyArray<string>) => {
  const texts = [...new Set(ids.filter(isAcceptableId).map(RecordId.toText))]
  if (texts.length === 0) return Effect.succeed([])
  return Effect.flatMap(ask(engine, parametersOf(texts).map(engine.dialect.read)), recordsOf(engine.place))
}

const scan = <Q extends Query>(engine: Engine<Q>, { after = "", limit, prefix }: ScanRange) => {
  // No id begins with half a character, and no database could tell what comes after one.
  if (!RecordId.isWellFormed(prefix)) return Effect.succeed([])
  if (!RecordId.isWellFormed(after)) return Effect.fail(illFormed(engine.place))
  const query = engine.dialect.scan(RecordId.toText(prefix), RecordId.toText(after), RecordId.endOf(prefix), limit)
  return Effect.flatMap(ask(engine, [query]), recordsOf(engine.place))
}

const commit = Effect.fnUntraced(function*<Q extends Query>(engine: Engine<Q>, changes: ReadonlyArray<Change>) {
  const step = stepOf(engine, yield* Effect.fromResult(acceptChanges(changes)))
  if (step.asks.length + step.writes.length === 0) return
  const unmet = yield* Effect.mapError(engine.atomically(step), fromSqlError(engine.place))
  const ids = unmet.map(({ id }) => RecordId.fromText(String(id)))
  if (ids.length > 0) yield* new CommitConflict({ ids })
})

const stepOf = <Q extends Query>({ dialect }: Engine<Q>, changes: ReadonlyArray<Change>): Step<Q> => {
  const expectations: Array<[id: string, version: string | null]> = []
  const ends: Array<[id: string, end: number]> = []
  const parts: Array<[id: string, part: number, text: string]> = []
  for (const change of changes) {
    const id = RecordId.toText(change.id)
    if (change.expected !== undefined) expectations.push([id, expected(change.expected)])
    if (change._tag === "Remove") ends.push([id, 0])
    if (change._tag === "Put") {
      const texts = partsOf(JSON.stringify(change.value))
      ends.push([id, texts.length])
      for (const [part, text] of texts.entries()) parts.push([id, part, text])
    }
  }
  const lists = parametersOf(expectations)
  const writes = [...parametersOf(ends).map(dialect.cut), ...parametersOf(parts).map(dialect.put)]
  return {
    asks: lists.map(dialect.unmet),
    guards: writes.length === 0 ? [] : lists.map(dialect.refuse),
    writes: writes.length === 0 ? [] : [dialect.accept, ...writes]
  }
}

/** Versions are numbers of commits. What is none, no record has; a database need not see it. */
const expected = (version: string | null): string | null =>
  version === null || /^[1-9][0-9]{0,15}$/.test(version) ? version : "?"
