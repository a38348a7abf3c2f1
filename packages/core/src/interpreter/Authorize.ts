/** Puts an operation's permissions to the authorization engine, with the condition keys of key, request and time. */
import { evaluate, type Verdict } from "../authorization/Evaluate.ts"
import { aliasArn } from "../domain/Arn.ts"
import { AccessDeniedException } from "../Errors.ts"
import type { Asked, Conditions, ConditionValue, LoadedKey } from "../operations/Operation.ts"

/** The condition keys that a KMS key answers. Source: AWS KMS developer guide, "AWS KMS condition keys". */
const ofKey = ({ record, requestAlias }: LoadedKey): Conditions => ({
  "kms:KeySpec": record.keySpec,
  "kms:CustomerMasterKeySpec": record.keySpec,
  "kms:KeyUsage": record.keyUsage,
  "kms:CustomerMasterKeyUsage": record.keyUsage,
  "kms:KeyOrigin": record.origin,
  "kms:MultiRegion": "false",
  "kms:ResourceAliases": record.aliases,
  "kms:RequestAlias": requestAlias,
  ...Object.fromEntries(record.tags.map(({ TagKey, TagValue }) => [`aws:ResourceTag/${TagKey}`, TagValue]))
})

const ofTime = (now: number): Conditions => ({
  "aws:CurrentTime": new Date(now).toISOString(),
  "aws:EpochTime": String(Math.floor(now / 1000))
})

/** Looks condition keys up by their names in lower case; the values are gathered when the first one is asked for. */
const lookup = (gather: () => Conditions) => {
  let values: ReadonlyMap<string, ConditionValue> | undefined
  return (name: string): ConditionValue => {
    values ??= new Map(Object.entries(gather()).map(([key, value]) => [key.toLowerCase(), value]))
    return values.get(name)
  }
}

/** Whether the caller may; the verdict says why, for the audit event. */
export const ask = (
  action: string,
  resource: LoadedKey | string,
  asked: Asked,
  requested: () => Conditions
): Verdict => {
  const value = lookup(() => ({
    ...ofTime(asked.now),
    ...(typeof resource === "string" ? {} : ofKey(resource)),
    ...requested()
  }))
  return typeof resource === "string"
    ? evaluate({ caller: asked.caller, action, resource, resourceAccount: asked.account, value })
    : askOfKey(action, resource, asked, value)
}

const tooManyAliases: Verdict = { allowed: false, because: { _tag: "TooManyAliases" } }

/**
 * Denies what depends on a key's aliases while it has more than its quota. Source: AWS KMS developer guide,
 * "kms:ResourceAliases".
 */
const askOfKey = (
  action: string,
  key: LoadedKey,
  asked: Asked,
  value: (name: string) => ConditionValue
): Verdict => {
  let dependsOnAliases = false
  const verdict = evaluate({
    caller: asked.caller,
    action,
    resource: key.arn,
    resourceAccount: key.record.account,
    resourcePolicy: key.policy,
    value: (name) => {
      dependsOnAliases ||= name === "kms:resourcealiases"
      return value(name)
    }
  })
  return dependsOnAliases && key.record.aliases.length > asked.limits.aliasesPerKey ? tooManyAliases : verdict
}

/** The refusal, which does not say what decided, nor which key of another account an alias stands for. */
export const refusal = (action: string, resource: LoadedKey | string, asked: Asked): AccessDeniedException => {
  if (typeof resource === "string") return denied(asked, action, resource)
  const { arn, record, requestAlias } = resource
  const hidden = requestAlias !== undefined && record.account !== asked.account
  return denied(asked, action, hidden ? aliasArn(record, requestAlias) : arn)
}

/** The words of every refusal. `resource` is an ARN or `*`. */
export const denied = (asked: Asked, action: string, resource: string): AccessDeniedException =>
  new AccessDeniedException({
    message: `User: ${asked.caller.principal} is not authorized to perform: ${action} on resource: ${resource}`
  })
