/** The ciphertext that Decrypt and ReEncrypt are given, and the KMS key it belongs to. */
import * as Effect from "effect/Effect"
import * as CiphertextBlob from "../../crypto/CiphertextBlob.ts"
import { flag, list, oneOf, optional } from "../../domain/Members.ts"
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

const missing = (member: string) =>
  new ValidationException({
    message: `1 validation error detected: Value null at '${member}' failed to satisfy constraint: `
      + "Member must not be null"
  })

/** The members of a dry run, which can be told to leave out the ciphertext. */
export const dryRunInput = {
  DryRun: optional(flag),
  DryRunModifiers: optional(list(oneOf(["IGNORE_CIPHERTEXT"])))
}

interface DryRun {
  readonly DryRun?: boolean | undefined
  readonly DryRunModifiers?: ReadonlyArray<"IGNORE_CIPHERTEXT"> | undefined
}

/**
 * Whether it is a dry run that leaves out the ciphertext, whether one is there or not: it tells whether the caller may use
 * the key in this way, and the key can be used so. Source: AWS KMS API, Decrypt and ReEncrypt, DryRunModifiers.
 */
export const ignoresCiphertext = (input: DryRun): boolean =>
  input.DryRun === true && input.DryRunModifiers?.[0] !== undefined

/** What a request says of its ciphertext. */
interface Given extends DryRun {
  readonly CiphertextBlob?: Uint8Array | undefined
}

const nothing = new Uint8Array()

/** The key; read anew if the ciphertext has a material that it lacks: a store may give for a while what it kept from before a rotation. */
const withMaterial = <Key extends LoadedKey | undefined, E>(
  read: Effect.Effect<Key, E>,
  blob: CiphertextBlob.CiphertextBlob | undefined
): Effect.Effect<Key, E> =>
  Effect.flatMap(
    read,
    (key) =>
      key === undefined || blob?.keyId !== key.record.keyId ||
        key.record.materials.some(({ id }) => id === blob.materialId)
        ? Effect.succeed(key)
        : read
  )

/**
 * Loads the key that decrypts: the one the request names, in the member of that name, else the one the ciphertext names.
 * Where the ciphertext is ignored, only the request can name it.
 */
export const loadSource = Effect.fnUntraced(
  function*(find: Find, action: string, given: Given, member: string, keyId: string | undefined) {
    const ignored = ignoresCiphertext(given)
    if (ignored && keyId === undefined) return yield* missing(member)
    const bytes = ignored ? nothing : given.CiphertextBlob
    if (bytes === undefined) return yield* missing("ciphertextBlob")
    const blob = CiphertextBlob.parse(bytes)
    if (keyId !== undefined) {
      const key = yield* withMaterial(find.key(keyId, { action, aliases: true, crossAccount: true }), blob)
      return { key, bytes, blob, hidden: false } satisfies Source
    }
    if (blob === undefined) return yield* new InvalidCiphertextException()
    const key = yield* withMaterial(find.keyOf(blob.account, blob.keyId), blob)
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
