/** What GenerateMac and VerifyMac share. */
import * as Effect from "effect/Effect"
import { kindOf, unavailable, withPrivateKey } from "../../crypto/OfKind.ts"
import { needAlgorithm, needUsage } from "../../domain/KeyUse.ts"
import { blob, flag, grantTokens, keyId, oneOf, optional } from "../../domain/Members.ts"
import { macAlgorithms } from "../../domain/Specs.ts"
import type { LoadedKey } from "../Operation.ts"

/** How a key makes codes. */
export const macAlgorithm = oneOf(macAlgorithms)

/** The members that both take. */
export const macInput = {
  Message: blob({ min: 1, max: 4096 }),
  KeyId: keyId,
  MacAlgorithm: macAlgorithm,
  GrantTokens: optional(grantTokens),
  DryRun: optional(flag)
}

/** The condition key that both bring. */
export const macConditions = (input: { readonly MacAlgorithm: string }) => ({ "kms:MacAlgorithm": input.MacAlgorithm })

/** The code of the message under the key. */
export const codeOf = Effect.fnUntraced(
  function*({ record }: LoadedKey, operation: string, message: Uint8Array, algorithm: string) {
    yield* needUsage(record, "GENERATE_VERIFY_MAC", operation)
    const kind = yield* kindOf(record)
    yield* needAlgorithm(record, algorithm, kind.usages.GENERATE_VERIFY_MAC)
    return yield* withPrivateKey(record, kind, ({ mac }) => mac === undefined ? unavailable(record) : mac(message))
  }
)
