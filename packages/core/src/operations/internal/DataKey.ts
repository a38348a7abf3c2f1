/** Making a symmetric data key: random bytes, and the same bytes encrypted under a KMS key. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Crypto } from "../../crypto/Crypto.ts"
import type { Encrypted } from "../../crypto/KeyCipher.ts"
import * as UnderKey from "../../crypto/UnderKey.ts"
import { encryptionContext, flag, grantTokens, integer, keyId, oneOf, optional } from "../../domain/Members.ts"
import { dataKeySpecs } from "../../domain/Specs.ts"
import { ValidationException } from "../../Errors.ts"
import type { LoadedKey } from "../Operation.ts"

/** The members that both data key operations take. */
export const dataKeyInput = {
  KeyId: keyId,
  EncryptionContext: optional(encryptionContext),
  NumberOfBytes: optional(integer({ min: 1, max: 1024 })),
  KeySpec: optional(oneOf(dataKeySpecs)),
  GrantTokens: optional(grantTokens),
  DryRun: optional(flag)
}

interface Wanted {
  readonly EncryptionContext?: Readonly<Record<string, string>> | undefined
  readonly NumberOfBytes?: number | undefined
  readonly KeySpec?: (typeof dataKeySpecs)[number] | undefined
}

const length = ({ KeySpec, NumberOfBytes }: Wanted): Effect.Effect<number, ValidationException> => {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    return Effect.fail(new ValidationException({ message: "Please specify either number of bytes or key spec." }))
  }
  return Effect.succeed(NumberOfBytes ?? (KeySpec === "AES_128" ? 16 : 32))
}

/** A new data key, in clear and encrypted; overwritten unless it is to be shown, and if it cannot be encrypted. */
export const makeDataKey = Effect.fnUntraced(
  function*(key: LoadedKey, wanted: Wanted, operation: string, shown: boolean) {
    const bytes = yield* length(wanted)
    const how = { algorithm: undefined, context: wanted.EncryptionContext, operation }
    return yield* Effect.acquireUseRelease(
      (yield* Crypto).randomBytes(bytes),
      (plaintext) => Effect.map(UnderKey.encrypt(key, how, plaintext), (made) => ({ plaintext, ...made })),
      (plaintext, exit) => Effect.sync(() => (shown && Exit.isSuccess(exit)) || plaintext.fill(0))
    )
  }
)

/** The member KeyMaterialId, which only symmetric keys tell. */
export const materialMember = ({ materialId }: Encrypted) =>
  materialId === undefined ? {} : { KeyMaterialId: materialId }
