/** Where a Keystead is kept in Deno: in memory, in a folder, or in a Deno KV. */
import { StorageError } from "@keystead/core/Errors"
import { Storage } from "@keystead/core/storage/Storage"
import * as DenoKvStorage from "@keystead/storage-deno-kv/DenoKvStorage"
import type { Kv } from "@keystead/storage-deno-kv/Kv"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { resolve } from "node:path"
import { denoHost } from "./DenoHost.ts"
import { needStore } from "./Permissions.ts"

/** Where: in a folder, or in a Deno KV, or, without either, in memory and gone at the end. */
export interface Place {
  /** The store's folder, made if it is not there. */
  readonly directory?: string
  /**
   * A Deno KV: the path of a local file, made for its owner alone if it is not there, or what `Deno.openKv` gave, which
   * whoever opened it closes. Deno wants `--unstable-kv`.
   */
  readonly kv?: string | Kv
}

const inFolder = (directory: string): Layer.Layer<Storage, StorageError> =>
  Layer.effect(Storage, Effect.andThen(needStore(directory), FilesystemStorage.make({ directory }, denoHost())))

const noKv = () =>
  new StorageError({
    reason: "Unavailable",
    message: "Deno gives no KV without leave. Run the program with --unstable-kv, and try again."
  })

const failed = (path: string, cause: unknown) =>
  new StorageError({
    reason: "Unavailable",
    message: `${path} could not be opened as a Deno KV (${String(cause)}). Make its folder, or name another file.`,
    place: path
  })

/** Makes the file, for its owner alone; what SQLite puts beside it takes after it. */
const makeFile = async (path: string): Promise<void> => {
  try {
    const file = await Deno.open(path, { createNew: true, write: true, mode: 0o600 })
    file.close()
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error
  }
}

const opened = (path: string) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        await makeFile(path)
        return Deno.openKv(path)
      },
      catch: (cause) => failed(path, cause)
    }),
    (kv) => Effect.sync(() => kv.close())
  )

const inFile = (file: string): Layer.Layer<Storage, StorageError> =>
  Layer.effect(
    Storage,
    Effect.gen(function*() {
      if (!("openKv" in Deno)) return yield* noKv()
      // Absolute: to Deno.openKv, some names are no files.
      const path = resolve(file)
      yield* needStore(path)
      return yield* DenoKvStorage.make({ kv: yield* opened(path), place: path })
    })
  )

/** The store at that place. */
export const storage = ({ directory, kv }: Place): Layer.Layer<Storage, StorageError> => {
  if (directory !== undefined && kv !== undefined) {
    return Layer.effect(Storage, Effect.die(new TypeError("A Keystead is in a directory or in a kv, not in both.")))
  }
  if (directory !== undefined) return inFolder(directory)
  if (kv === undefined) return MemoryStorage.layer
  return typeof kv === "string" ? inFile(kv) : DenoKvStorage.layer({ kv })
}
