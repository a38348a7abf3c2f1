/** Key policies: written out of names, and read for what they allow. */
import { lockout, whoCan } from "@keystead/core/authorization/Analysis"
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import { parseKeyPolicy } from "@keystead/core/authorization/Policy"
import * as Result from "effect/Result"
import { refusedOf } from "../backend/Refusal.ts"
import type { PolicyOf, PolicyPeople, PolicyReading } from "./Engine.ts"

/** The text of a key policy. Throws MalformedPolicyDocumentException if somebody in it is no principal. */
export const writePolicy = (people: PolicyPeople): string => {
  const text = keyPolicy(people)
  Result.getOrThrow(parseKeyPolicy(text))
  return text
}

/** What the policy says of these actions. */
export const readPolicy = ({ account, arn, text }: PolicyOf, actions: ReadonlyArray<string>): PolicyReading => {
  const parsed = parseKeyPolicy(text)
  if (Result.isFailure(parsed)) return { valid: false, problem: refusedOf(parsed.failure) }
  const key = { resource: arn, resourceAccount: account, resourcePolicy: parsed.success }
  return {
    valid: true,
    capabilities: actions.map((action) => ({ action, access: whoCan(action, key) })),
    lockout: lockout(key)
  }
}
