/** Puts an operation's permissions to the authorization engine, with the condition keys of key, request and time. */
import { evaluate, type Verdict } from "../authorization/Evaluate.ts"
import { aliasArn } from "../domain/Arn.ts"
import { ofKind } from "../domain/Conditions.ts"
import { regionalType } from "../domain/KeyRecord.ts"
import { AccessDeniedException } from "../Errors.ts"
import type { Asked, Conditions, ConditionValue, LoadedKey } from "../operations/Operation.ts"

/** The condition keys that a KMS key answers. Source: AWS KMS developer guide, "AWS KMS condition keys". */
const ofKey = ({ record, requestAlias }: LoadedKey): Conditions => ({
  ...ofKind(record.keySpec, record.keyUsage, record.origin, record.multiRegion !== undefined),
  "kms:MultiRegionKeyType": regionalType(record),
  "kms:ResourceAliases": record.aliases,
  "kms:RequestAlias": requestAlias,
  ...Object.fromEntries(record.tags.map(({ TagKey, TagValue }) => [`aws:ResourceTag/${TagKey}`, TagValue]))
})

/** The condition keys of the moment, and on whose behalf a service calls. */
const ofCall = ({ caller, now }: Asked): Conditions => ({
  "aws:CurrentTime": new Date(now).toISOString(),
  "aws:EpochTime": String(Math.floor(now / 1000)),
  "aws:SourceArn": caller.sourceArn
})

/** One condition key's values beside those of another whose name differs in case only. */
const together = (one: ConditionValue, other: ConditionValue): ConditionValue =>
  one === undefined || other === undefined ? one ?? other : [one, other].flat()

/** Condition keys by their names in lower case. */
const byName = (conditions: ReadonlyArray<readonly [string, ConditionValue]>): Map<string, ConditionValue> => {
  const values = new Map<string, ConditionValue>()
  for (const [key, value] of conditions) {
    const name = key.toLowerCase()
    values.set(name, together(values.get(name), value))
  }
  return values
}

/** The names, in lower case, that the request gives twice: tags and encryption contexts can differ in case only. */
const givenTwice = (requested: ReadonlyArray<readonly [string, ConditionValue]>): ReadonlySet<string> => {
  const seen = new Set<string>()
  return new Set(
    requested.map(([key]) => key.toLowerCase()).filter((name) => seen.size === seen.add(name).size)
  )
}

/** What is put to the policies: `dependsOn` tells, once they have been asked, what their answer depends on. */
export const questionOf = (
  action: string,
  resource: LoadedKey | string,
  asked: Asked,
  requested: () => Conditions
) => {
  const key = typeof resource === "string" ? undefined : resource
  // The values of condition keys are gathered when the first one is asked for.
  let values: ReadonlyMap<string, ConditionValue> | undefined
  let twice: ReadonlySet<string>
  const dependsOn = { aliases: false, ambiguity: false }
  return {
    dependsOn,
    caller: asked.caller,
    action,
    resource: typeof resource === "string" ? resource : resource.arn,
    resourceAccount: (key?.record ?? asked).account,
    resourcePolicy: key?.policy,
    value: (name: string): ConditionValue => {
      if (values === undefined) {
        const given = Object.entries(requested())
        const known = { ...ofCall(asked), ...(key && ofKey(key)), ...asked.attested?.conditions }
        values = byName([...Object.entries(known), ...given])
        twice = givenTwice(given)
      }
      dependsOn.aliases ||= name === "kms:resourcealiases"
      dependsOn.ambiguity ||= twice.has(name)
      return values.get(name)
    }
  }
}

/** The question as it is put to the caller's own identity policies only, as if the key had no policy. */
export const identityQuestion = (
  action: string,
  key: LoadedKey,
  asked: Asked,
  requested: () => Conditions
): ReturnType<typeof questionOf> => ({
  ...questionOf(action, key, asked, requested),
  resourceAccount: asked.account,
  resourcePolicy: undefined
})

const tooManyAliases: Verdict = { allowed: false, because: { _tag: "TooManyAliases" } }
const ambiguous: Verdict = { allowed: false, because: { _tag: "Ambiguous" } }

const settle = (question: ReturnType<typeof questionOf>, resource: LoadedKey | string, { limits }: Asked): Verdict => {
  const verdict = evaluate(question)
  const { dependsOn } = question
  if (dependsOn.ambiguity) return ambiguous
  const aliases = typeof resource === "string" ? 0 : resource.record.aliases.length
  return dependsOn.aliases && aliases > limits.aliasesPerKey ? tooManyAliases : verdict
}

/**
 * Whether the caller may; the verdict says why, for the audit event.
 *
 * It denies what depends on a key's aliases while it has more than its quota (AWS KMS developer guide,
 * "kms:ResourceAliases"), and what depends on a tag or pair that the request gives twice, in names that differ in case
 * only: policies do not tell them apart, so that one could hide the other.
 */
export const ask = (
  action: string,
  resource: LoadedKey | string,
  asked: Asked,
  requested: () => Conditions
): Verdict => settle(questionOf(action, resource, asked, requested), resource, asked)

/** What the caller's own identity policies say, whatever the key policy. An account's root needs none. */
export const askIdentity = (
  action: string,
  key: LoadedKey,
  asked: Asked,
  requested: () => Conditions
): Verdict => settle(identityQuestion(action, key, asked, requested), key, asked)

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
