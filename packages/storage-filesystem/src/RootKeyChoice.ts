/** Where the root key of a store comes from on hosts with files, and how it is replaced there. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { type Argon2id, fromPassphrase } from "@keystead/core/crypto/PassphraseRootKey"
import { obtainKept, readKept, type RootKeySource } from "@keystead/core/crypto/RootKeyRecord"
import { ephemeral, fromBytes } from "@keystead/core/crypto/SecretRootKey"
import { type IntegrityError, RootKeyError, type StorageError } from "@keystead/core/Errors"
import type { HeldRootKey } from "@keystead/core/rewrap/HeldRootKey"
import { rewrap, type Rewrapped } from "@keystead/core/rewrap/Rewrap"
import type { Storage } from "@keystead/core/storage/Storage"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { besideStore, fromFile, moveInto } from "./RootKeyFile.ts"

/** Where the root key of a store in a folder comes from. */
export type RootKeyChoice =
  /** A file of mode 0600, made if the store is new. */
  | { readonly file: string }
  /** A file inside the store's folder: whoever copies the folder has everything. */
  | { readonly insideStore: true }
  /** Argon2id of a passphrase. */
  | { readonly passphrase: string }
  /** 32 bytes that the host keeps. */
  | { readonly bytes: Uint8Array }

/** A store's folder, if it is in one, and its root key. */
export interface Chosen {
  readonly directory?: string
  readonly rootKey?: RootKeyChoice
  readonly newRootKey?: RootKeyChoice
}

/** A way to the root key. */
export type Source = RootKeySource<RootKeyError, Crypto>

/** The root key's file, if it is in one. */
const fileOf = (directory: string | undefined, choice: RootKeyChoice | undefined): string | undefined => {
  if (choice !== undefined && "file" in choice) return choice.file
  if (directory === undefined) return undefined
  if (choice === undefined) return besideStore(directory)
  return "insideStore" in choice ? join(directory, "root.key") : undefined
}

/** Where the new root key is, while it takes the place of the one in the file. */
const waitingFile = (file: string): string => `${file}.new`

const sourceOf = (
  directory: string | undefined,
  choice: RootKeyChoice | undefined,
  argon2id: Argon2id | undefined
): Source => {
  if (choice !== undefined && "passphrase" in choice) return fromPassphrase(choice.passphrase, argon2id)
  if (choice !== undefined && "bytes" in choice) return fromBytes(choice.bytes)
  const file = fileOf(directory, choice)
  return file === undefined ? ephemeral : fromFile(file)
}

/**
 * Where the root key comes from, and the one that is replacing it, if there may be one.
 *
 * @param argon2id - the host's own, where it has one
 */
export const sources = (
  { directory, newRootKey, rootKey }: Chosen,
  argon2id?: Argon2id
): readonly [Source, Source?] => {
  const source = sourceOf(directory, rootKey, argon2id)
  if (newRootKey !== undefined) return [source, sourceOf(directory, newRootKey, argon2id)]
  const file = fileOf(directory, rootKey)
  return file !== undefined && existsSync(waitingFile(file)) ? [source, fromFile(waitingFile(file))] : [source]
}

/** Replaces the root key of an open store, which goes on answering. */
export class RootKeyReplacement extends Context.Service<RootKeyReplacement, {
  /**
   * Puts the store under this root key, or goes on with it; without one, a root key in a file is replaced by a new one in
   * the same file. When it is complete, the former root key opens nothing any more. A replacement in the file that was left
   * in the middle is completed first.
   */
  readonly replace: (choice?: RootKeyChoice) => Effect.Effect<Rewrapped, RootKeyError | StorageError | IntegrityError>
}>()("@keystead/storage-filesystem/RootKeyReplacement") {}

/** The replacement for a held root key. */
export const replacement = Effect.fnUntraced(function*(
  { directory, newRootKey, rootKey }: Chosen,
  held: HeldRootKey,
  argon2id?: Argon2id
) {
  const services = yield* Effect.context<Storage | Crypto>()
  const file = fileOf(directory, rootKey)
  const inPlace = Effect.suspend(() =>
    file === undefined
      ? Effect.fail(
        new RootKeyError({
          reason: "Missing",
          message: "Say what the new root key is: only one in a file is replaced by a new one in its place."
        })
      )
      : Effect.tap(rewrap(held, fromFile(waitingFile(file))), () => moveInto(waitingFile(file), file))
  )
  // Whoever asks for another root key then would never find the one in the new file: it is put in its place before.
  const putInPlace = Effect.gen(function*() {
    if (file === undefined || !existsSync(waitingFile(file))) return
    const next = (yield* readKept)?.kept.next
    const isWaiting = next === undefined ||
      Result.isSuccess(yield* Effect.result(obtainKept(fromFile(waitingFile(file)), next)))
    if (isWaiting) yield* inPlace
  })
  const under = (choice: RootKeyChoice) =>
    Effect.andThen(putInPlace, rewrap(held, sourceOf(directory, choice, argon2id)))
  return RootKeyReplacement.of({
    replace: (choice = newRootKey) => Effect.provideContext(choice === undefined ? inPlace : under(choice), services)
  })
})
