/** An open store, as the options say: where, with which root key, and for whom. */
import * as Client from "@keystead/core/Client"
import { rootArn } from "@keystead/core/domain/Arn"
import * as Principal from "@keystead/core/domain/Principal"
import { defaults } from "@keystead/core/facade/OpenKms"
import * as Kms from "@keystead/core/Kms"
import type { Operation } from "@keystead/core/operations/Operation"
import { registry } from "@keystead/core/operations/Registry"
import * as NodeKms from "@keystead/runtime-node/NodeKms"
import type { RootKeyChoice } from "@keystead/storage-filesystem/RootKeyChoice"
import * as XksProvider from "@keystead/xks/XksProvider"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { NoStore, UsageError } from "./Errors.ts"
import { FileError, stat } from "./files/FileError.ts"
import * as Passphrase from "./Passphrase.ts"
import {
  Account,
  As,
  PassphraseFile,
  PassphrasePrompt,
  Region,
  RootKeyFile,
  RootKeyInStore,
  Store
} from "./Settings.ts"

/** What a command works with. */
export interface Connection {
  readonly kms: Kms.Kms["Service"]
  readonly session: Kms.Session
  /** Every operation, for the caller. */
  readonly client: Client.Client
  /** The caller's account. */
  readonly account: string
}

/** Whether an operation makes something out of nothing, and so may begin a store. */
export const founds = (operation: Operation): boolean => !operation.readOnly && operation.states === undefined

const environmentPassphrase = Config.option(Config.String("KEYSTEAD_PASSPHRASE"))

/** The one way to the root key that was chosen; none for the default, a file beside the store. */
const rootKey = Effect.fnUntraced(function*(isNew: boolean) {
  const file = yield* RootKeyFile
  const passphraseFile = yield* PassphraseFile
  const inStore = yield* RootKeyInStore
  const prompt = yield* PassphrasePrompt
  const chosen = [Option.isSome(file), Option.isSome(passphraseFile), inStore, prompt].filter(Boolean)
  if (chosen.length > 1) {
    return yield* new UsageError({
      message: "Give at most one of --root-key, --root-key-in-store, --passphrase-file and --passphrase."
    })
  }
  if (Option.isSome(file)) return { file: file.value }
  if (inStore) return { insideStore: true } as const
  if (Option.isSome(passphraseFile)) return { passphrase: yield* Passphrase.fromFile(passphraseFile.value) }
  if (prompt) return { passphrase: yield* Passphrase.fromTerminal(isNew) }
  const passphrase = yield* Effect.orDie(environmentPassphrase)
  return Option.isSome(passphrase) ? { passphrase: passphrase.value } : undefined
})

/** Whether the store's folder is there. FileError if something else is. */
const isFolder = Effect.fnUntraced(function*(directory: string) {
  const found = yield* stat("read", directory)
  if (Option.isSome(found) && found.value.type !== "Directory") {
    return yield* new FileError({
      message: `Cannot use ${directory} as a store: it is no folder. Name one with --store.`
    })
  }
  return Option.isSome(found)
})

/** How to open the store that the options name. `mayFound` says whether it may be made. */
export const optionsOf = Effect.fnUntraced(function*(mayFound: boolean, newRootKey?: RootKeyChoice) {
  const directory = yield* Store
  const isThere = yield* isFolder(directory)
  if (!isThere && !mayFound) return yield* new NoStore({ directory })
  const key = yield* rootKey(!isThere)
  return {
    directory,
    ...(key === undefined ? {} : { rootKey: key }),
    ...(newRootKey === undefined ? {} : { newRootKey })
  } satisfies NodeKms.NodeKmsOptions
})

/**
 * Opens the store for the work, and closes it. `mayFound` says whether a store may be made, `newRootKey` which root key is
 * to replace its own.
 */
export const use = Effect.fnUntraced(
  function*<A, E, R>(
    mayFound: boolean,
    work: (connection: Connection) => Effect.Effect<A, E, R>,
    newRootKey?: RootKeyChoice
  ) {
    const region = Option.getOrElse(yield* Region, () => defaults.region)
    const options = yield* optionsOf(mayFound, newRootKey)
    const principal = Option.getOrUndefined(yield* As) ?? rootArn({ account: yield* Account, region })
    const session = { caller: { principal }, region }
    const account = Principal.parse(principal)?.account ?? ""
    return yield* Effect.flatMap(
      Kms.Kms,
      (kms) => work({ kms, session, client: Client.make(kms, session, registry), account })
    ).pipe(Effect.provide(NodeKms.layer({ ...options, keyStores: XksProvider.layer() })))
  }
)
