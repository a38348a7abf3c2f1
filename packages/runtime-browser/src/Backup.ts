/**
 * A store in IndexedDB as one sealed file, and back: against a lost device, a deleted database, and for a move to another
 * browser. docs/formats-backup.md has the bytes.
 */
import * as Sealed from "@keystead/core/backup/Backup"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { StoreRootKey } from "@keystead/core/crypto/RootKey"
import type { Storage } from "@keystead/core/storage/Storage"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { storage } from "./BrowserKms.ts"
import { passphrase, type PassphraseOptions } from "./Passphrase.ts"
import { type Chosen, hold } from "./RootKeyChoice.ts"

/** The store: its database, and its root key as for `openKms`. It may be open meanwhile, here and in other tabs. */
export interface BackedUp extends Chosen, PassphraseOptions {
  readonly database: string
}

const over = <A, E>(store: BackedUp, use: (rootKey: StoreRootKey) => Effect.Effect<A, E, Storage | Crypto>) =>
  Effect.runPromise(
    Effect.flatMap(hold(store), ({ rootKey }) => use(rootKey)).pipe(
      Effect.provide(Layer.merge(storage(store.database), WebCrypto.layer)),
      Effect.scoped
    )
  )

/**
 * All of the store as it stands at one moment, sealed under the passphrase. Rejects with IntegrityError, which names a record
 * that must not be used, with StorageError, RootKeyError or NoSubtleCrypto.
 */
export const backup = (store: BackedUp, text: string): Promise<Uint8Array> =>
  over(store, (rootKey) => Sealed.make(rootKey, passphrase(text, store)))

/**
 * Puts all that is in the backup into the store, which is made if it is not there, and must have no keys. Answers how many
 * records. Rejects with RootKeyError if the passphrase is another, with BackupError if the backup was changed or the store has
 * keys, with IntegrityError, StorageError or NoSubtleCrypto; then the store is as it was.
 */
export const restore = (store: BackedUp, bytes: Uint8Array, text: string): Promise<number> =>
  over(store, (rootKey) => Sealed.restore(bytes, rootKey, passphrase(text, store)))
