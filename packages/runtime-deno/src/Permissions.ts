/**
 * What a Keystead may do, asked for before it does it: so that what is missing is one clear error, and Deno asks the person at
 * the terminal about the folder that they named, and about nothing else.
 */
import { RootKeyError, StorageError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"

/** What a store may want of Deno. */
export type Permission =
  | { readonly name: "read" | "write"; readonly path: string }
  | { readonly name: "sys"; readonly kind: "hostname" }
  | { readonly name: "run" }

/** Whether it is permitted already; nobody is asked. */
export const isGranted = (permission: Permission): boolean => Deno.permissions.querySync(permission).state === "granted"

const kinds = ["read", "write"] as const

/** Those of reading and writing a path that are not permitted, after the person at the terminal was asked, if there is one. */
const refused = (path: string, needed: ReadonlyArray<typeof kinds[number]>) =>
  needed.filter((name) => Deno.permissions.requestSync({ name, path }).state !== "granted")

const advice = (path: string, missing: ReadonlyArray<string>): string =>
  `Deno may not ${missing.join(" and ")} ${path}. Run the program with ` +
  `${missing.map((name) => `--allow-${name}=${path}`).join(" ")}, and try again.`

/** Needs to read and write the folder or file of a store. */
export const needStore = (path: string): Effect.Effect<void, StorageError> =>
  Effect.suspend(() => {
    const missing = refused(path, kinds)
    return missing.length === 0
      ? Effect.void
      : Effect.fail(new StorageError({ reason: "Unavailable", message: advice(path, missing), place: path }))
  })

/** Needs to read the folder of a root key file, where its successor may wait; making the file needs to write there. */
export const needRootKey = (folder: string, isMade: boolean): Effect.Effect<void, RootKeyError> =>
  Effect.suspend(() => {
    const missing = refused(folder, isMade ? kinds : ["read"])
    return missing.length === 0
      ? Effect.void
      : Effect.fail(new RootKeyError({ reason: "Unreadable", message: advice(folder, missing) }))
  })
