/**
 * A store's root key in a file of its own, readable by its owner only. It is made when a new store is opened for the first time.
 */
import { Crypto } from "@keystead/core/crypto/Crypto"
import { rootKeyLength } from "@keystead/core/crypto/DerivedRootKey"
import type { RootKeySource } from "@keystead/core/crypto/RootKeyRecord"
import { rootKeyOf } from "@keystead/core/crypto/SecretRootKey"
import { RootKeyError, type RootKeyFailure } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import { Buffer } from "node:buffer"
import { randomUUID } from "node:crypto"
import { chmod, link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import process from "node:process"

const header = "keystead-root-key-1:"

/** Where a store's root key is kept by default: beside its folder, so that a copied or leaked store is worthless. */
export const besideStore = (directory: string): string => `${resolve(directory)}.rootkey`

const failed = (reason: RootKeyFailure, message: string) => new RootKeyError({ reason, message })

/** The system's code; where there is none, such as for what Deno does not permit, the error's name. */
const codeOf = (error: unknown): unknown => Reflect.get(Object(error), "code") ?? Reflect.get(Object(error), "name")

const problem = (path: string, error: unknown): RootKeyError =>
  codeOf(error) === "ENOENT"
    ? failed("Missing", `The store's root key is not at ${path}. Put it back, or say where it is.`)
    : failed("Unreadable", `The root key file ${path} cannot be used (${String(codeOf(error))}). Mend what it says.`)

const attempt = <A>(path: string, run: () => Promise<A>): Effect.Effect<A, RootKeyError> =>
  Effect.tryPromise({ try: run, catch: (error) => error instanceof RootKeyError ? error : problem(path, error) })

/** Refuses a file that others may read. Windows has no such modes. */
const needPrivate = async (path: string): Promise<void> => {
  const { mode } = await stat(path)
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw failed("Unprotected", `Others than its owner may read the root key file ${path}. Run: chmod 600 ${path}`)
  }
}

const read = async (path: string): Promise<Uint8Array> => {
  await needPrivate(path)
  const text = (await readFile(path, "utf8")).trim()
  const bytes = text.startsWith(header) ? Buffer.from(text.slice(header.length), "base64") : Buffer.alloc(0)
  if (bytes.length !== rootKeyLength) {
    throw failed("Unreadable", `The file ${path} does not hold a root key of Keystead. Restore it from a backup.`)
  }
  return bytes
}

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, "r")
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Makes the file, complete or not at all; another process's file counts if it was first. */
const create = async (path: string, secret: Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomUUID()}`
  const file = await open(temporary, "wx", 0o600)
  try {
    await file.writeFile(`${header}${Buffer.from(secret).toString("base64")}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await chmod(temporary, 0o600)
    await link(temporary, path)
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
  } finally {
    await unlink(temporary)
  }
  await syncFolder(dirname(path))
}

/** Puts the file in the place of another, which is gone then: one or the other is there, whatever happens. */
export const moveInto = (path: string, place: string): Effect.Effect<void, RootKeyError> =>
  attempt(path, async () => {
    await rename(path, place)
    await syncFolder(dirname(place))
  })

/** The root key of a store from the file at `path`; RootKeyError names the file and what to do. */
export const fromFile = (path: string): RootKeySource<RootKeyError, Crypto> => {
  const obtain = Effect.flatMap(attempt(path, () => read(path)), rootKeyOf)
  const make = Effect.acquireUseRelease(
    Effect.flatMap(Crypto, ({ randomBytes }) => randomBytes(rootKeyLength)),
    (secret) => attempt(path, () => create(path, secret)),
    (secret) => Effect.sync(() => secret.fill(0))
  )
  return {
    create: Effect.andThen(make, Effect.map(obtain, (rootKey) => ({ rootKey, parameters: { source: "file" } }))),
    obtain: () => obtain
  }
}
