/**
 * The store in a Cloudflare Durable Object's own SQLite database. The object's class must be one of
 * `new_sqlite_classes` in the Worker's configuration.
 *
 * Durable Objects let no reply out before what was written is durable (output gates): whoever is told that a commit
 * succeeded can rely on it.
 */
import type { DurableObjectStorage } from "@cloudflare/workers-types"
import * as SqliteClient from "@effect/sql-sqlite-do/SqliteClient"
import type { StorageError } from "@keystead/core/Errors"
import { Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import { inTransaction } from "./Engine.ts"
import { sqliteDialect } from "./SqliteDialect.ts"
import * as SqlStorage from "./SqlStorage.ts"

/** Where the store is kept. */
export interface Options {
  /** `ctx.storage` of the object. Its tables begin with `keystead_`; others may lie beside them. */
  readonly storage: DurableObjectStorage
}

/** Opens the store of an object. */
export const make = (options: Options): Effect.Effect<Storage["Service"], StorageError, Scope.Scope> =>
  SqliteClient.make({ storage: options.storage }).pipe(
    Effect.provide(Reactivity.layer),
    Effect.flatMap((sql) =>
      SqlStorage.make({
        dialect: sqliteDialect(sql),
        place: "The Durable Object's database",
        atomically: inTransaction(sql)
      })
    )
  )

/** The store of an object. */
export const layer = (options: Options): Layer.Layer<Storage, StorageError> => Layer.effect(Storage, make(options))
