/**
 * The store in one file, through `node:sqlite`, which Node has, and Deno and Bun have too: durable before it answers,
 * and for several processes at once on one machine.
 *
 * The file is in SQLite's WAL mode: beside it lie `-wal` and `-shm` while it is open. It must lie on a local file
 * system. `node:sqlite` answers at once, so that the event loop waits for the disk at each commit, and up to
 * `BUSY_MILLISECONDS` for another process that writes.
 */
import type { StorageError } from "@keystead/core/Errors"
import { Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { make as makeClient, type SqlClient } from "effect/sql/SqlClient"
import type { Connection, Row } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import { makeCompilerSqlite, type Statement } from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import { dirname, resolve } from "node:path"
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"
import { inTransaction } from "./Engine.ts"
import { storageError } from "./Failure.ts"
import { sqliteDialect } from "./SqliteDialect.ts"
import * as SqlStorage from "./SqlStorage.ts"

/** Where the store is kept. */
export interface Options {
  /** The file; it is made if it is not there, as are the folders above it. */
  readonly file: string
}

/** How long a commit waits for another process that writes. */
export const BUSY_MILLISECONDS = 5000

const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

/** https://www.sqlite.org/fileformat2.html#the_database_header */
const HEADER_BYTES = 100

/** Opens the store in a file. */
export const make = (options: Options): Effect.Effect<Storage["Service"], StorageError, Scope.Scope> => {
  const file = resolve(options.file)
  const opened = Effect.acquireRelease(
    Effect.try({ try: () => openFile(file), catch: (cause) => storageError(file, cause) }),
    (database) => Effect.sync(() => database.close())
  )
  return Effect.flatMap(opened, (database) => fromDatabase(database, file))
}

/** The store in a database that is open already, and that the caller closes. */
export const fromDatabase = (
  database: DatabaseSync,
  place: string
): Effect.Effect<Storage["Service"], StorageError, Scope.Scope> =>
  Effect.gen(function*() {
    yield* Effect.retry(Effect.try({ try: () => configure(database), catch: (cause) => storageError(place, cause) }), {
      // Two that open a new file at once may be in each other's way here, where SQLite does not wait by itself.
      schedule: Schedule.spaced(20),
      times: 50,
      while: ({ reason }) => reason === "Unavailable"
    })
    const sql = yield* makeSql(database)
    return yield* SqlStorage.make({
      dialect: sqliteDialect<Statement<Row>>(sql),
      place,
      atomically: inTransaction(sql)
    })
  })

/** The store in a file. */
export const layer = (options: Options): Layer.Layer<Storage, StorageError> => Layer.effect(Storage, make(options))

/** SQLite would make the file readable to all; what it makes beside it takes the file's own mode. */
const openFile = (file: string): DatabaseSync => {
  fs.mkdirSync(dirname(file), { recursive: true, mode: DIRECTORY_MODE })
  fs.closeSync(fs.openSync(file, "a", FILE_MODE))
  const { size } = fs.statSync(file)
  // Of a file cut so short, SQLite would make a new database. An empty one may have been left before its first commit.
  if (size > 0 && size < HEADER_BYTES) throw new Error("file is not a database")
  return new DatabaseSync(file)
}

const configure = (database: DatabaseSync): void => {
  database.exec(`PRAGMA busy_timeout = ${BUSY_MILLISECONDS}`)
  database.exec("PRAGMA journal_mode = WAL")
  // What was acknowledged is on the disk, not only with the system.
  database.exec("PRAGMA synchronous = FULL")
  // Damage is found when a page is read, not when it has led somewhere.
  database.exec("PRAGMA cell_size_check = ON")
  database.exec("PRAGMA trusted_schema = OFF")
}

const ROLLBACK = "ROLLBACK"

const makeSql = (database: DatabaseSync): Effect.Effect<SqlClient> => {
  const connection = connectionTo(database)
  return makeClient({
    acquirer: Effect.succeed(connection),
    compiler: makeCompilerSqlite(),
    driver: "node:sqlite",
    spanAttributes: [["db.system.name", "sqlite"]],
    rollback: ROLLBACK,
    onCommitFailure: () => Effect.asVoid(connection.executeUnprepared(ROLLBACK, [], undefined))
  }).pipe(Effect.provide(Reactivity.layer))
}

/** One connection, whose statements are prepared once: the store has a dozen. */
const connectionTo = (database: DatabaseSync): Connection => {
  const prepared = new Map<string, StatementSync>()
  const statementOf = (text: string): StatementSync => {
    const found = prepared.get(text) ?? database.prepare(text)
    prepared.set(text, found)
    return found
  }
  const attempt = <A>(call: () => A): Effect.Effect<A, SqlError> =>
    Effect.try({ try: call, catch: (cause) => new SqlError({ reason: classifySqliteError(cause) }) })
  const execute = (text: string, parameters: ReadonlyArray<unknown>): Effect.Effect<ReadonlyArray<Row>, SqlError> =>
    attempt(() => statementOf(text).all(...parameters.map(inputOf)))
  const values = (text: string, parameters: ReadonlyArray<unknown>) =>
    Effect.map(execute(text, parameters), (rows) => rows.map((row) => Object.values(row)))
  const executeUnprepared = (text: string): Effect.Effect<ReadonlyArray<Row>, SqlError> => {
    const run = Effect.as(attempt(() => database.exec(text)), [])
    // Some failures end a transaction by themselves: then there is none to take back, which is no failure.
    return text === ROLLBACK ? Effect.catch(run, () => Effect.succeed([])) : run
  }
  return {
    execute,
    executeRaw: execute,
    executeUnprepared,
    executeValues: values,
    executeValuesUnprepared: values,
    executeStream: (text, parameters) => Stream.fromIterableEffect(execute(text, parameters))
  }
}

/** The store gives texts and numbers only. */
const inputOf = (value: unknown): SQLInputValue =>
  typeof value === "string" || typeof value === "number" || value === null ? value : JSON.stringify(value)
