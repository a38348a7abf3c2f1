/**
 * What the store asks of a database, each question in the words of one SQL dialect. SQLite's are in `SqliteDialect.ts`;
 * PostgreSQL's will be another such module, and nothing else changes.
 *
 * Lists go in as one text of JSON, so that a commit takes a few statements whatever its size: Cloudflare counts
 * statements, and lets none have more than 100 parameters.
 */
import type * as Effect from "effect/Effect"
import type { Row } from "effect/sql/SqlConnection"

/** What a driver threw, as Effect's `SqlError` carries it. */
export interface Failed {
  readonly reason: { readonly cause?: unknown }
}

/** A statement, not yet run: one of Effect's, or any effect that runs it. */
export type Query = Effect.Effect<ReadonlyArray<Row>, Failed>

/** Makes a statement out of a text and what stands between its parts, as a template's tag; an `SqlClient` is one. */
export type Tag<Q extends Query> = (texts: TemplateStringsArray, ...parameters: ReadonlyArray<string | number>) => Q

/** The statements of one dialect. Ids are texts as `RecordId.toText` writes them. */
export interface Dialect<Q extends Query = Query> {
  /** One row if the database has a table of migrations. */
  readonly migrated: Q
  /** One row: the `version` of the newest migration that was made. */
  readonly schemaVersion: Q
  /** What leads from each version of the schema to the next, from 0, the database without our tables, on. */
  readonly migrations: ReadonlyArray<ReadonlyArray<Q>>
  /** The rows (id, part, version, value) of those ids, in the order of ids and parts. `ids`: `[id, …]`. */
  readonly read: (ids: string) => Q
  /** The rows of the first `limit` records from `from` on, after `after`, and before `to`, in the same order. */
  readonly scan: (from: string, after: string, to: string, limit: number) => Q
  /** The `id` of each record that is not as expected. `expectations`: `[[id, version or null], …]`. */
  readonly unmet: (expectations: string) => Q
  /** Begins the writing of a commit: counts it. */
  readonly accept: Q
  /** Where something is not as expected, makes all `cut` and `put` up to the next `accept` change nothing. */
  readonly refuse: (expectations: string) => Q
  /** Removes what parts a record has from that number on. `ends`: `[[id, number], …]`. */
  readonly cut: (ends: string) => Q
  /** Writes parts of records, with the number of the commit as their version. `parts`: `[[id, part, text], …]`. */
  readonly put: (parts: string) => Q
}
