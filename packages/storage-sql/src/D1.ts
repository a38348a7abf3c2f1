/**
 * The store in a Cloudflare D1 database. D1 has no transactions over several requests, but does a batch as one: a
 * commit is one batch, whose writes change nothing where something is not as the commit expects it.
 */
import type { D1Database } from "@cloudflare/workers-types"
import * as D1Client from "@effect/sql-d1/D1Client"
import type { StorageError } from "@keystead/core/Errors"
import { Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import type { Row } from "effect/sql/SqlConnection"
import type { Statement } from "effect/sql/Statement"
import type { Engine } from "./Engine.ts"
import { sqliteDialect } from "./SqliteDialect.ts"
import * as SqlStorage from "./SqlStorage.ts"

/** Where the store is kept. */
export interface Options {
  /** The binding. The tables begin with `keystead_`; others may lie beside them. */
  readonly db: D1Database
}

/** Opens the store of a database. */
export const make = ({ db }: Options): Effect.Effect<Storage["Service"], StorageError, Scope.Scope> =>
  D1Client.make({ db }).pipe(
    Effect.provide(Reactivity.layer),
    Effect.flatMap((sql) =>
      SqlStorage.make({
        dialect: sqliteDialect<Statement<Row>>(sql),
        place: "The D1 database",
        atomically: inBatch(sql)
      })
    )
  )

/** The store of a database. */
export const layer = (options: Options): Layer.Layer<Storage, StorageError> => Layer.effect(Storage, make(options))

/** By a batch. The commit is counted first, then refused where something is unmet: the writes look whether it was. */
const inBatch =
  (sql: D1Client.D1Client): Engine<Statement<Row>>["atomically"] => ({ asks, guards, writes: [first, ...writes] }) =>
    Effect.map(
      sql.batch([...asks, ...(first === undefined ? [] : [first]), ...guards, ...writes]),
      (results) => results.slice(0, asks.length).flat()
    )
