/** What Encapsulate and Decapsulate share. */
import * as Effect from "effect/Effect"
import { kindOf } from "../../crypto/OfKind.ts"
import { needAlgorithm, needUsage } from "../../domain/KeyUse.ts"
import { flag, grantTokens, keyId, oneOf, optional } from "../../domain/Members.ts"
import { encapsulationAlgorithms } from "../../domain/Specs.ts"
import type { LoadedKey } from "../Operation.ts"

/** How a key encapsulates. */
export const encapsulationAlgorithm = oneOf(encapsulationAlgorithms)

/** The members that both take. */
export const encapsulationInput = {
  KeyId: keyId,
  EncapsulationAlgorithm: encapsulationAlgorithm,
  GrantTokens: optional(grantTokens),
  DryRun: optional(flag)
}

/** What stands behind the key, if it is one for this. */
export const encapsulatingKind = Effect.fnUntraced(
  function*({ record }: LoadedKey, operation: string, algorithm: string) {
    yield* needUsage(record, "ENCAPSULATE_DECAPSULATE", operation)
    const kind = yield* kindOf(record)
    yield* needAlgorithm(record, algorithm, kind.usages.ENCAPSULATE_DECAPSULATE)
    return kind
  }
)
