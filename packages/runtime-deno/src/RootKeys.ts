/** The root key of a Keystead in Deno, and what replaces it. */
import { RootKey } from "@keystead/core/crypto/RootKey"
import { RootKeyError } from "@keystead/core/Errors"
import { establishHeld } from "@keystead/core/rewrap/Rewrap"
import {
  type Chosen,
  replacement,
  type RootKeyChoice,
  RootKeyReplacement,
  sources
} from "@keystead/storage-filesystem/RootKeyChoice"
import { besideStore } from "@keystead/storage-filesystem/RootKeyFile"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { existsSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { emitWarning } from "node:process"
import { needRootKey } from "./Permissions.ts"
import type { Place } from "./Place.ts"

/** A store's root key. */
export interface RootKeys {
  /**
   * By default a file beside the store, `FOLDER.rootkey` or `FILE.rootkey`. In memory it is random. For a Deno KV without a
   * path it must be given.
   */
  readonly rootKey?: RootKeyChoice
  /** The root key that is replacing it: needed while that was begun and is not complete. */
  readonly newRootKey?: RootKeyChoice
}

const homeless = () =>
  new RootKeyError({
    reason: "Missing",
    message:
      "Say what the root key of the Deno KV is: a file, a passphrase, or 32 bytes. There is no folder to keep it in."
  })

/** The choices, with the file that a KV's root key is in by default. */
const chosen = (options: Place & RootKeys): Effect.Effect<Chosen, RootKeyError> => {
  const { kv, newRootKey, rootKey } = options
  if (kv === undefined) return Effect.succeed(options)
  if ([rootKey, newRootKey].some((choice) => choice !== undefined && "insideStore" in choice)) {
    return Effect.fail(homeless())
  }
  if (rootKey !== undefined) return Effect.succeed(options)
  return typeof kv === "string"
    ? Effect.succeed({ ...options, rootKey: { file: besideStore(kv) } })
    : Effect.fail(homeless())
}

/** The files of the root keys, as far as they are in files. */
const filesOf = ({ directory, newRootKey, rootKey }: Chosen): ReadonlyArray<string> =>
  [rootKey ?? (directory === undefined ? undefined : { file: besideStore(directory) }), newRootKey]
    .flatMap((choice) => choice !== undefined && "file" in choice ? [resolve(choice.file)] : [])

const permitted = Effect.fnUntraced(function*(choice: Chosen) {
  for (const file of filesOf(choice)) {
    yield* needRootKey(dirname(file), false)
    if (!existsSync(file)) yield* needRootKey(dirname(file), true)
  }
})

const warn = ({ directory, rootKey }: Place & RootKeys): void => {
  if (directory === undefined || rootKey === undefined || !("insideStore" in rootKey)) return
  emitWarning(
    `The root key of ${directory} is kept inside it: whoever copies that folder can use every key in it.`,
    { code: "KEYSTEAD_ROOT_KEY_INSIDE_STORE" }
  )
}

/** The store's root key, by the primitives of the `Crypto` service, and what replaces it. */
export const rootKeys = (options: Place & RootKeys) =>
  Layer.effectContext(
    Effect.gen(function*() {
      warn(options)
      const choice = yield* chosen(options)
      yield* permitted(choice)
      const held = yield* establishHeld(...sources(choice))
      return Context.make(RootKey, held.rootKey).pipe(
        Context.add(RootKeyReplacement, yield* replacement(choice, held))
      )
    })
  )
