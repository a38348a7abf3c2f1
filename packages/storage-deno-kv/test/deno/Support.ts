/** Deno KVs in files, in the folder that the run was given. */
import type { StorageError } from "@keystead/core/Errors"
import type { Storage } from "@keystead/core/storage/Storage"
import * as DenoKvStorage from "@keystead/storage-deno-kv/DenoKvStorage"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const [folder = ""] = Deno.args

/** A file that is not there yet. */
export const newFile = (): string => `${Deno.makeTempDirSync({ dir: folder })}/store.kv`

/** A Deno KV, closed with the scope. */
export const openKv = (file: string): Effect.Effect<Deno.Kv, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.promise(() => Deno.openKv(file)), (kv) => Effect.sync(() => kv.close()))

/** A handle on the store in that file. */
export const open = (file: string): Effect.Effect<Storage["Service"], StorageError, Scope.Scope> =>
  Effect.flatMap(openKv(file), (kv) => DenoKvStorage.make({ kv, place: file }))
