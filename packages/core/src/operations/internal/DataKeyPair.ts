/** Making a data key pair: a fresh key pair, its private key encrypted under a symmetric KMS key. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as UnderKey from "../../crypto/UnderKey.ts"
import * as Conditions from "../../domain/Conditions.ts"
import { encryptionContext, flag, grantTokens, keyId, oneOf, optional } from "../../domain/Members.ts"
import { dataKeyPairSpecs } from "../../domain/Specs.ts"
import { UnsupportedOperationException } from "../../Errors.ts"
import { Carried } from "../../groups/Carried.ts"
import type { LoadedKey } from "../Operation.ts"

/** The name of a data key pair's spec. */
export const keyPairSpec = oneOf(dataKeyPairSpecs)

/** The members that both operations take. */
export const dataKeyPairInput = {
  EncryptionContext: optional(encryptionContext),
  KeyId: keyId,
  KeyPairSpec: keyPairSpec,
  GrantTokens: optional(grantTokens),
  DryRun: optional(flag)
}

interface Input {
  readonly EncryptionContext?: Readonly<Record<string, string>> | undefined
  readonly KeyPairSpec: (typeof dataKeyPairSpecs)[number]
}

/** The condition keys that both bring. */
export const dataKeyPairConditions = (input: Input) => ({
  "kms:DataKeyPairSpec": input.KeyPairSpec,
  ...Conditions.ofEncryption(input)
})

/** A new key pair, its private key in clear and encrypted; overwritten unless it is to be shown. */
export const makeDataKeyPair = Effect.fnUntraced(
  function*(key: LoadedKey, input: Input, operation: string, shown: boolean) {
    const how = { algorithm: undefined, context: input.EncryptionContext, operation }
    // What is wrong with the request shows before a key is made, which can take long.
    yield* UnderKey.check(key.record, how)
    const kind = (yield* Carried).kind(input.KeyPairSpec)
    if (kind === undefined) {
      return yield* new UnsupportedOperationException({
        message: `Data key pairs of spec ${input.KeyPairSpec} are not supported here.`
      })
    }
    return yield* Effect.acquireUseRelease(
      kind.generate,
      ({ bytes, publicKey }) =>
        Effect.map(
          UnderKey.encrypt(key, how, bytes),
          (made) => ({ ...made, privateKey: bytes, publicKey: publicKey ?? new Uint8Array() })
        ),
      ({ bytes }, exit) => Effect.sync(() => (shown && Exit.isSuccess(exit)) || bytes.fill(0))
    )
  }
)
