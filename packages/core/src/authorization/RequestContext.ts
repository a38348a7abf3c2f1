/**
 * The request context: what condition keys and policy variables are worth in the request at hand.
 *
 * Source: IAM User Guide, "AWS global condition context keys"; AWS KMS Developer Guide, "AWS KMS condition keys".
 */
import type { Principal } from "../domain/Principal.ts"

/** What a condition key is worth: one value, several (a multi-valued key), or nothing. */
export type ContextValue = string | ReadonlyArray<string> | undefined

/** What the values of the condition keys are made of. */
export interface RequestContext {
  readonly principal: Principal
  readonly tags: Readonly<Record<string, string>> | undefined
  readonly viaService: string | undefined
  /** The keys that do not tell of the caller. They are asked for in lower case. */
  readonly value: (conditionKey: string) => ContextValue
}

const principalTag = "aws:principaltag/"

/** IAM takes tag keys that differ only in case for the same key. */
const tag = (tags: Readonly<Record<string, string>>, lowerCaseKey: string): string | undefined => {
  for (const key of Object.keys(tags)) {
    if (key.toLowerCase() === lowerCaseKey) return tags[key]
  }
  return undefined
}

/** `aws:CalledVia` names services without their Region: `s3.amazonaws.com` for `s3.eu-west-1.amazonaws.com`. */
const withoutRegion = (service: string): string => service.replace(/^([^.]+)\.[a-z0-9-]+\.(?=amazonaws\.)/, "$1.")

const calledVia = ({ viaService }: RequestContext): string | undefined =>
  viaService === undefined ? undefined : withoutRegion(viaService)

/**
 * The value of a condition key, given in lower case. Keys that tell of the caller are answered from the caller alone, so
 * that nothing else in a request can pretend to be them.
 */
export const valueOf = (context: RequestContext, key: string): ContextValue => {
  const { principal } = context
  switch (key) {
    case "aws:principalarn":
      return principal.identity
    case "aws:principalaccount":
    case "kms:calleraccount":
      return principal.account
    case "aws:principaltype":
      return principal.type
    case "aws:principalisawsservice":
      return "false"
    case "aws:username":
      return principal.type === "User" ? principal.name : undefined
    case "aws:userid":
      // Users and roles have unique ids, which only their host knows.
      return principal.type === "Account" ? principal.account : context.value(key)
    case "aws:viaawsservice":
      return context.viaService === undefined ? "false" : "true"
    case "aws:calledvia": {
      const service = calledVia(context)
      return service === undefined ? undefined : [service]
    }
    case "aws:calledviafirst":
    case "aws:calledvialast":
      return calledVia(context)
    case "kms:viaservice":
      return context.viaService
    default:
      if (!key.startsWith(principalTag)) return context.value(key)
      return context.tags === undefined ? undefined : tag(context.tags, key.slice(principalTag.length))
  }
}
