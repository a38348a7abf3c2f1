/** What a KMS key may be used for. The words are AWS's. Source: kms-semantics 2.3, 2.10, 2.13. */
import * as Effect from "effect/Effect"
import { InvalidKeyUsageException } from "../Errors.ts"
import { arnOf, type KeyRecord } from "./KeyRecord.ts"
import type { KeySpec, KeyUsage } from "./Specs.ts"

/** Refuses a key of another usage than the operation is about. */
export const needUsage = (key: KeyRecord, usage: KeyUsage, operation: string) =>
  key.keyUsage === usage ? Effect.void : Effect.fail(
    new InvalidKeyUsageException({
      message: `${arnOf(key)} key usage is ${key.keyUsage} which is not valid for ${operation}.`
    })
  )

/** Refuses an algorithm that keys of this spec do not have. */
export const needAlgorithm = (key: KeyRecord, algorithm: string, possible: ReadonlyArray<string> | undefined) =>
  possible?.includes(algorithm) === true ? Effect.void : Effect.fail(
    new InvalidKeyUsageException({ message: `Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.` })
  )

/** Symmetric, asymmetric or HMAC: an alias moves within one of them only. */
export const familyOf = (keySpec: KeySpec): "symmetric" | "asymmetric" | "HMAC" =>
  keySpec === "SYMMETRIC_DEFAULT" ? "symmetric" : keySpec.startsWith("HMAC_") ? "HMAC" : "asymmetric"
