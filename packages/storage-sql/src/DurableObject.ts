/**
 * The store in a Cloudflare Durable Object's own SQLite database. The object's class must be one of
 * `new_sqlite_classes` in the Worker's configuration.
 *
 * Durable Objects let no reply out before what was written is durable (output gates): whoever is told that a commit
 * succeeded can rely on it. The database answers at once, and so does the store: `Effect.runSync` runs everything in it.
 *
 * Statements go straight to the object's database. Effect's driver for it weighs a tenth of what a Worker may have
 * (docs/decisions/0018-a-durable-object-an-account.md).
 */
import type { DurableObjectStorage } from "@cloudflare/workers-types"
import type { StorageError } from "@keystead/core/Errors"
import { Storage } from "@keystead/core/storage/Storage"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type { Row } from "effect/sql/SqlConnection"
import type { Failed, Query, Tag } from "./Dialect.ts"
import type { Engine } from "./Engine.ts"
import { sqliteDialect } from "./SqliteDialect.ts"
import * as SqlStorage from "./SqlStorage.ts"

/** Where the store is kept. */
export interface Options {
  /** `ctx.storage` of the object. Its tables begin with `keystead_`; others may lie beside them. */
  readonly storage: DurableObjectStorage
}

class Thrown extends Data.TaggedError("Thrown")<Failed> {}

const thrown = (cause: unknown) => new Thrown({ reason: { cause } })

const tagOf = ({ sql }: DurableObjectStorage): Tag<Query> => (texts, ...parameters) =>
  Effect.try({
    try: (): ReadonlyArray<Row> => sql.exec(texts.join("?"), ...parameters).toArray(),
    catch: thrown
  })

/** What takes a transaction back, which a callback does by throwing. */
class TakeBack extends Error {}

const inTransaction = (storage: DurableObjectStorage): Engine["atomically"] => ({ asks, writes }) => {
  const inOrder = Effect.gen(function*() {
    const rows: Array<Row> = []
    for (const ask of asks) rows.push(...(yield* ask))
    if (rows.length === 0) { for (const write of writes) yield* write }
    return rows
  })
  return Effect.suspend(() => {
    let exit: Exit.Exit<ReadonlyArray<Row>, Failed> | undefined
    try {
      storage.transactionSync(() => {
        exit = Effect.runSyncExit(inOrder)
        if (Exit.isFailure(exit)) throw new TakeBack()
      })
    } catch (error) {
      if (!(error instanceof TakeBack)) return Effect.fail(thrown(error))
    }
    return exit ?? Effect.fail(thrown(undefined))
  })
}

/** Opens the store of an object. */
export const make = ({ storage }: Options): Effect.Effect<Storage["Service"], StorageError> =>
  SqlStorage.make({
    dialect: sqliteDialect(tagOf(storage)),
    place: "The Durable Object's database",
    atomically: inTransaction(storage)
  })

/** The store of an object. */
export const layer = (options: Options): Layer.Layer<Storage, StorageError> => Layer.effect(Storage, make(options))
