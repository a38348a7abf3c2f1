/** Brings a database to the schema of this version, step by step, each step once and whole. */
import type { StorageError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import type { Failed, Query } from "./Dialect.ts"
import type { Engine } from "./Engine.ts"
import { fromSqlError, newer } from "./Failure.ts"

/** Makes the migrations that the database lacks; "Incompatible" when it has one that we do not know. */
export const migrate = <Q extends Query>(engine: Engine<Q>): Effect.Effect<void, StorageError> => {
  const { dialect: { migrations }, place } = engine
  const failed = Effect.mapError(fromSqlError(place))
  return Effect.gen(function*() {
    const version = yield* failed(versionOf(engine))
    if (version > migrations.length) return yield* newer(place, version, migrations.length)
    for (let index = version; index < migrations.length; index++) yield* failed(step(engine, index))
    return undefined
  })
}

/** The migration from that version to the next. Where another process was first, ours has failed as a whole. */
const step = <Q extends Query>(engine: Engine<Q>, version: number): Effect.Effect<void, Failed> =>
  engine.atomically({ asks: [], guards: [], writes: engine.dialect.migrations[version] ?? [] }).pipe(
    Effect.catch((error) =>
      Effect.flatMap(versionOf(engine), (now) => now > version ? Effect.void : Effect.fail(error))
    ),
    Effect.asVoid
  )

/** 0 is a database without our tables. */
const versionOf = <Q extends Query>({ dialect }: Engine<Q>): Effect.Effect<number, Failed> =>
  Effect.gen(function*() {
    if ((yield* dialect.migrated).length === 0) return 0
    return Number((yield* dialect.schemaVersion)[0]?.["version"])
  })
