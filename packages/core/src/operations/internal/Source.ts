/** The ciphertext that Decrypt and ReEncrypt are given, and the KMS key it belongs to. */
import * as Effect from "effect/Effect"
import * as CiphertextBlob from "../../crypto/CiphertextBlob.ts"
import { AccessDeniedException, InvalidCiphertextException, ValidationException } from "../../Errors.ts"
import type { Find, LoadedKey, Permission } from "../Operation.ts"

/** The key that the request names, or else the ciphertext; and the ciphertext, if it has the form of one. */
export interface Source {
  readonly key: LoadedKey
  readonly bytes: Uint8Array
  /** The ciphertext taken apart, if it has the form of a symmetric one. */
  readonly blob: CiphertextBlob.CiphertextBlob | undefined
  /** Whether only the ciphertext names the key: then no refusal may. */
  readonly hidden: boolean
}

/** AWS's words, which do not tell whether the key exists. */
const hidden = () =>
  new AccessDeniedException({
    message: "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or "
      + "you are not allowed to access."
  })

const missing = () =>
  new ValidationException({
    message: "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: "
      + "Member must not be null"
  })

/** Loads the key that decrypts: the one the request names, else the one the ciphertext names. */
export const loadSource = Effect.fnUntraced(
  function*(find: Find, action: string, bytes: Uint8Array | undefined, keyId: string | undefined) {
    if (bytes === undefined) return yield* missing()
    const blob = CiphertextBlob.parse(bytes)
    if (keyId !== undefined) {
      const key = yield* find.key(keyId, { action, aliases: true, crossAccount: true })
      return { key, bytes, blob, hidden: false } satisfies Source
    }
    if (blob === undefined) return yield* new InvalidCiphertextException()
    const key = yield* find.keyOf(blob.account, blob.keyId)
    if (key === undefined) return yield* hidden()
    return { key, bytes, blob, hidden: true } satisfies Source
  }
)

/** What the caller must be allowed to do with the source's key. */
export const sourcePermission = (action: string, source: Source): Permission => ({
  action,
  resource: source.key,
  ...(source.hidden ? { refusal: hidden } : {})
})
