/** Brings a database to the schema of this version, step by step, each step once and whole. */
import type { StorageError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Engine } from "./Engine.ts"
import { fromSqlError, newer } from "./Failure.ts"

/** Makes the migrations that the database lacks; "Incompatible" when it has one that we do not know. */
export const migrate = (engine: Engine): Effect.Effect<void, StorageError> =>
  Effect.gen(function*() {
    const { dialect: { migrations }, place } = engine
    const failed = Effect.mapError(fromSqlError(place))
    for (;;) {
      const version = yield* failed(versionOf(engine))
      if (version > migrations.length) return yield* newer(place, version, migrations.length)
      const writes = migrations[version]
      if (writes === undefined) return
      // Where another process was first, ours has failed as a whole: then there is a newer version than before.
      yield* engine.atomically({ asks: [], guards: [], writes }).pipe(
        Effect.catch((error) =>
          Effect.flatMap(versionOf(engine), (now) => now > version ? Effect.void : Effect.fail(error))
        ),
        failed
      )
    }
  })

/** 0 is a database without our tables. */
const versionOf = ({ dialect }: Engine): Effect.Effect<number, SqlError> =>
  Effect.gen(function*() {
    if ((yield* dialect.migrated).length === 0) return 0
    return Number((yield* dialect.schemaVersion)[0]?.["version"])
  })
