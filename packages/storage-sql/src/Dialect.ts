/**
 * What the store asks of a database, each question in the words of one SQL dialect. SQLite's are in `SqliteDialect.ts`;
 * PostgreSQL's will be another such module, and nothing else changes.
 *
 * Lists go in as one text of JSON, so that a commit takes a few statements whatever its size: Cloudflare counts
 * statements, and lets none have more than 100 parameters.
 */
import type { Row } from "effect/sql/SqlConnection"
import type { Statement } from "effect/sql/Statement"

/** A statement, not yet run. */
export type Query = Statement<Row>

/** The statements of one dialect. Ids are texts as `RecordId.toText` writes them. */
export interface Dialect {
  /** One row if the database has a table of migrations. */
  readonly migrated: Query
  /** One row: the `version` of the newest migration that was made. */
  readonly schemaVersion: Query
  /** What leads from each version of the schema to the next, from 0, the database without our tables, on. */
  readonly migrations: ReadonlyArray<ReadonlyArray<Query>>
  /** The rows (id, part, version, value) of those ids, in the order of ids and parts. `ids`: `[id, …]`. */
  readonly read: (ids: string) => Query
  /** The rows of the first `limit` records from `from` on, after `after`, and before `to`, in the same order. */
  readonly scan: (from: string, after: string, to: string, limit: number) => Query
  /** The `id` of each record that is not as expected. `expectations`: `[[id, version or null], …]`. */
  readonly unmet: (expectations: string) => Query
  /** Begins the writing of a commit: counts it. */
  readonly accept: Query
  /** Where something is not as expected, makes all `cut` and `put` up to the next `accept` change nothing. */
  readonly refuse: (expectations: string) => Query
  /** Removes what parts a record has from that number on. `ends`: `[[id, number], …]`. */
  readonly cut: (ends: string) => Query
  /** Writes parts of records, with the number of the commit as their version. `parts`: `[[id, part, text], …]`. */
  readonly put: (parts: string) => Query
}
