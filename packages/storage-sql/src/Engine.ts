/** How a database does several statements as one step. */
import * as Effect from "effect/Effect"
import * as Scheduler from "effect/Scheduler"
import { BeginTransaction, type SqlClient } from "effect/sql/SqlClient"
import type { Row } from "effect/sql/SqlConnection"
import type { Dialect, Failed, Query } from "./Dialect.ts"

/** Statements that happen together or not at all, and see the database as it is at one moment. */
export interface Step<Q extends Query = Query> {
  /** What is asked first. If anything comes back, the rest changes nothing. */
  readonly asks: ReadonlyArray<Q>
  /** The same questions as statements among the writes, for a database that cannot ask between. */
  readonly guards: ReadonlyArray<Q>
  readonly writes: ReadonlyArray<Q>
}

/** A database that a store can be in. */
export interface Engine<Q extends Query = Query> {
  readonly dialect: Dialect<Q>
  /** What to call the database in a message. */
  readonly place: string
  /** Does a step, and gives the rows that its questions brought, one question after the other. */
  readonly atomically: (step: Step<Q>) => Effect.Effect<ReadonlyArray<Row>, Failed>
}

/**
 * By a transaction. Nothing else of this process runs between its statements: with a driver that answers at once, none
 * of our own handles waits for another one while it keeps that from going on.
 */
export const inTransaction = (sql: SqlClient): Engine["atomically"] => ({ asks, writes }) =>
  sql.withTransaction(Effect.gen(function*() {
    const rows: Array<Row> = []
    for (const ask of asks) rows.push(...(yield* ask))
    if (rows.length === 0) { for (const write of writes) yield* write }
    return rows
  })).pipe(
    // What only reads takes no lock; what writes takes it at once, since what it read must still be so when it writes.
    Effect.provideService(BeginTransaction, writes.length === 0 ? undefined : "BEGIN IMMEDIATE"),
    Effect.provideService(Scheduler.PreventSchedulerYield, true)
  )
