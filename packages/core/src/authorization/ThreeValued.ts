/**
 * Asking a policy without a request: where the answer turns on something that is not known, it is `Maybe`.
 *
 * What is compiled of a policy is a pure function of what it looks up. So whatever it answers without looking anything
 * unknown up, it answers in every request.
 */
import type { Principal } from "../domain/Principal.ts"
import type { DescribedCondition, DescribedStatement } from "./Describe.ts"
import { hasAction, hasResource } from "./Element.ts"
import type { RequestContext } from "./RequestContext.ts"

/** Whether something holds in every request, in some, or in none. `Maybe` is also said where that is not known. */
export type Truth = "Yes" | "Maybe" | "No"

/** What of a caller is the same for everyone that is asked about. */
export type KnownCaller = Partial<Pick<Principal, "account" | "identity" | "name" | "type">>

/** Whether the test holds for such callers, whatever their requests are. */
export const inAnyRequest = (known: KnownCaller, test: (context: RequestContext) => boolean): Truth => {
  let isOpen = false
  const open = (): undefined => {
    isOpen = true
  }
  const or = <Value>(value: Value | undefined, otherwise: Value): Value => {
    if (value === undefined) open()
    return value ?? otherwise
  }
  const context: RequestContext = {
    principal: {
      get arn() {
        return or<string>(undefined, "")
      },
      get isSession() {
        return or<boolean>(undefined, false)
      },
      get account() {
        return or(known.account, "")
      },
      get identity() {
        return or(known.identity, "")
      },
      get name() {
        return or(known.name, "")
      },
      get type() {
        return or(known.type, "User")
      }
    },
    get tags() {
      return open()
    },
    get viaService() {
      return open()
    },
    value: open
  }
  const holds = test(context)
  return isOpen ? "Maybe" : holds ? "Yes" : "No"
}

/** A statement, as it stands to an action on a resource by certain callers. */
export interface Standing {
  /** Whether it applies, if it names the caller. */
  readonly applies: Truth
  /** The conditions that it turns on. */
  readonly open: ReadonlySet<DescribedCondition>
}

const notAtAll: Standing = { applies: "No", open: new Set() }

/** How the statement stands, but for whom it names. The action is in lower case. */
export const standing = (
  { conditions, statement }: DescribedStatement,
  action: string,
  resource: string,
  known: KnownCaller
): Standing => {
  if (statement === undefined || !hasAction(statement.actions, action)) return notAtAll
  const open = new Set<DescribedCondition>()
  const truths = new Set([inAnyRequest(known, (context) => hasResource(statement.resources, resource, context))])
  for (const condition of conditions) {
    const truth = inAnyRequest(known, condition.holds)
    truths.add(truth)
    if (truth !== "Yes") open.add(condition)
  }
  return { applies: truths.has("No") ? "No" : truths.has("Maybe") ? "Maybe" : "Yes", open }
}
