/** Which keys can be rotated. Source: kms-semantics 2.4 (notes 3 and 3b), 2.6. */
import * as Effect from "effect/Effect"
import { UnsupportedOperationException } from "../../Errors.ts"
import type { LoadedKey } from "../Operation.ts"

/** Refuses keys that no rotation is for: asymmetric and HMAC keys. */
export const needRotatable = ({ arn, record: { keySpec } }: LoadedKey) =>
  keySpec === "SYMMETRIC_DEFAULT" ? Effect.void : Effect.fail(
    new UnsupportedOperationException({
      message: `${arn} key spec is ${keySpec} which is not valid for this operation.`
    })
  )
