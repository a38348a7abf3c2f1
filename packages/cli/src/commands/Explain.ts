/** `keystead explain`: why a caller may call an operation, or not. */
import type { Verdict } from "@keystead/core/authorization/Evaluate"
import type { ExplainedStatement, Mismatch } from "@keystead/core/authorization/Explain"
import type { ExplainedGrant, GrantMismatch } from "@keystead/core/authorization/Granting"
import { Explain } from "@keystead/core/Explain"
import type { ErrorText, ExplainedPermission, Explanation } from "@keystead/core/interpreter/Explain"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import { answer, table } from "../Print.ts"
import { input, operation, readRequest } from "./Operations.ts"

type Grounds = Extract<Verdict, { allowed: true }>["by"]
type Objection = Extract<Verdict, { allowed: false }>["because"]

/** Why, where there is more to say than the name of a statement. */
const reasons: Readonly<Partial<Record<(Grounds | Objection)["_tag"], string>>> = {
  AccountRoot: "the account's root needs no policy for it",
  NotInKeyPolicy: "the key policy allows it neither to the caller nor to the caller's account",
  NotInIdentityPolicy: "no identity policy of the caller allows it, and the key policy alone does not",
  NotInGrant: "the grant leaves it to others to retire it",
  OtherAccount: "it belongs to another account, which cannot allow it",
  TooManyAliases: "a policy depends on the key's aliases, of which it has more than its quota",
  Ambiguous: "a policy depends on a tag or pair that the request gives twice, in names that differ in case only",
  UnknownPrincipal: "the caller's ARN is not one of a principal"
}

const placeOf = ({ source }: Pick<ExplainedStatement, "source">): string => {
  const { index, sid } = source.statement
  const policy = source.policy === "KeyPolicy" ? "key policy" : `identity policy ${source.document}`
  return `${policy}, ${index}${sid === undefined ? "" : ` ${JSON.stringify(sid)}`}`
}

const why = (verdict: Verdict | ErrorText): string => {
  if ("error" in verdict) return `${verdict.error}: ${verdict.message}`
  const grounds = verdict.allowed ? verdict.by : verdict.because
  if (grounds._tag === "Grant") return `grant ${grounds.grantId}`
  return "source" in grounds ? placeOf(grounds) : reasons[grounds._tag] ?? grounds._tag
}

const texts = (value: string | ReadonlyArray<string> | null): string =>
  value === null ? "nothing" : [value].flat().map((text) => JSON.stringify(text)).join(" or ")

const mismatch = (one: Mismatch): string => {
  switch (one._tag) {
    case "NoEffect":
      return "has no effect: it lacks Action or Resource"
    case "Principal":
      return "names others"
    case "Resource":
      return "names other resources"
    default:
      return `${one.operator} ${one.key}: wants ${texts(one.wanted)}, has ${texts(one.found)}`
  }
}

const standing = ({ effect, mismatches, throughAccount }: ExplainedStatement): string => {
  if (mismatches.length > 0) return mismatches.map(mismatch).join("; ")
  return throughAccount && effect === "Allow" ? "applies to the account: its identity policies decide" : "applies"
}

const grantMismatch = (one: GrantMismatch): string => {
  switch (one._tag) {
    case "Grantee":
      return "is for others"
    case "IdentityPolicy":
      return "is for the caller's account, and no identity policy of the caller allows it"
    case "Operation":
      return "does not list the operation"
    case "NotYetKnown":
      return `is not known before ${one.until} without its token`
    case "Constraint":
      return `the request does not meet its ${one.constraint}`
    case "ChildOperations":
      return "does not list all that the new grant is to allow"
    default:
      return "has stricter constraints than the new grant"
  }
}

const grantStanding = ({ grantId, mismatches }: ExplainedGrant): ReadonlyArray<string> => [
  grantId,
  mismatches.length === 0 ? "allows it" : mismatches.map(grantMismatch).join("; ")
]

const permission = ({ action, allowed, grants, resource, statements, verdict }: ExplainedPermission): string => {
  const about = `${action} on ${resource ?? "what is not there"}: ${allowed ? "allowed" : "denied"} (${why(verdict)})`
  const rows = statements.map((one) => [placeOf(one), one.effect, standing(one)])
  return [
    about,
    ...(rows.length === 0 ? [] : [table(["STATEMENT", "EFFECT", "HOW IT STANDS"], rows)]),
    ...(grants.length === 0 ? [] : [table(["GRANT", "HOW IT STANDS"], grants.map(grantStanding))])
  ].join("\n")
}

const forPeople = ({ allowed, operation, permissions, principal, stopped }: Explanation): string => {
  if (stopped !== null) return `${operation} ends before permissions are asked. ${stopped.error}: ${stopped.message}`
  const head = `${principal} ${allowed ? "may" : "may not"} call ${operation} so.`
  return [head, ...permissions.map(permission)].join("\n\n")
}

/** Why the caller may, or not: what decides, and what keeps each statement from it. */
export const explain = Command.make("explain", { operation, input }, ({ input, operation }) =>
  Effect.gen(function*() {
    const request = yield* readRequest(operation, input)
    const explanation = yield* Connection.use(
      false,
      ({ session }) => Effect.flatMap(Explain, (service) => service.explain(operation, request, session))
    )
    yield* answer(explanation, forPeople(explanation))
  })).pipe(Command.withDescription("Say why a caller (--as) may call an operation with this request, or not"))
