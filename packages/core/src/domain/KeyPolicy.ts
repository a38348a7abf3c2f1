/** Taking in a key policy: AWS's checks when a key is created or its policy replaced. */
import * as Result from "effect/Result"
import { evaluate } from "../authorization/Evaluate.ts"
import * as Policy from "../authorization/Policy.ts"
import { type LimitExceededException, MalformedPolicyDocumentException } from "../Errors.ts"
import type { Asked } from "../operations/Operation.ts"
import { keyArn } from "./Arn.ts"

/** The only name that a key policy can have. */
export const policyName = "default"

/**
 * Refuses a policy that is malformed or, unless `bypass` is set, would keep its own writer from ever replacing it.
 * Source: AWS KMS API, PutKeyPolicy, BypassPolicyLockoutSafetyCheck.
 */
export const check = (
  text: string,
  keyId: string,
  asked: Asked,
  bypass: boolean
): Result.Result<void, MalformedPolicyDocumentException | LimitExceededException> =>
  Result.flatMap(Policy.parseKeyPolicy(text), (resourcePolicy) => {
    if (bypass) return Result.void
    const verdict = evaluate({
      caller: asked.caller,
      action: "kms:PutKeyPolicy",
      resource: keyArn(asked, keyId),
      resourceAccount: asked.account,
      resourcePolicy,
      value: () => undefined
    })
    return verdict.allowed ? Result.void : Result.fail(
      new MalformedPolicyDocumentException({
        message: "The new key policy will not allow you to update the key policy in the future."
      })
    )
  })
