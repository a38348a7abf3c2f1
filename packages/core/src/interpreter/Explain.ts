/** Goes through a call up to its permissions, as the call itself would, and says why each is given or not. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as SchemaParser from "effect/SchemaParser"
import type { Verdict } from "../authorization/Evaluate.ts"
import { explain as explainStatements, type ExplainedStatement } from "../authorization/Explain.ts"
import type { ExplainedGrant } from "../authorization/Granting.ts"
import type { Recipient } from "../crypto/Recipients.ts"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import * as Validation from "../domain/Validation.ts"
import { DependencyTimeoutException, IntegrityError, StorageError } from "../Errors.ts"
import { isGone, overdueRotations } from "../lifecycle/Advance.ts"
import { type Asked, isAbsent, type LoadError, type Operation, type Permission } from "../operations/Operation.ts"
import * as Authorize from "./Authorize.ts"
import { duePrefix } from "./Changes.ts"
import * as Find from "./Find.ts"
import type { Parts } from "./LoadKey.ts"
import { type Asking, grantQuestion, named, permit, requestedBy } from "./Permit.ts"
import type { Loaded } from "./Reader.ts"

// All that an explanation is made of is type aliases: interfaces are not assignable to JSON's type.

/** An error, without anything that is not JSON. */
export type ErrorText = {
  readonly error: string
  readonly message: string
}

/** Why a permission is given, or not. */
export type ExplainedPermission = {
  readonly action: string
  /** The ARN of the key or alias, or `*` for the account; null if it is not there. */
  readonly resource: string | null
  readonly allowed: boolean
  /** What decides; for a key that is not there, with what the call ends. */
  readonly verdict: Verdict | ErrorText
  /** How every statement that speaks of the action stands to the request. */
  readonly statements: ReadonlyArray<ExplainedStatement>
  /** How every grant of the caller stands to the request, and every grant that its tokens name. */
  readonly grants: ReadonlyArray<ExplainedGrant>
}

/** What would become of a call, as far as permissions go. It is JSON as it is, and holds no bytes of the request. */
export type Explanation = {
  readonly operation: string
  readonly principal: string
  /** Whether the caller has every permission. What comes after (the key's state, quotas) is not looked at. */
  readonly allowed: boolean
  readonly permissions: ReadonlyArray<ExplainedPermission>
  /** With what the call ends before anybody asks for its permissions: what it names is not there, or it is not valid. */
  readonly stopped: ErrorText | null
}

/** What falls due meanwhile makes no difference to permissions. So nothing is rotated, and nothing erased. */
const atRest = (now: number, loaded: Loaded<KeyRecord> | undefined): Loaded<KeyRecord> | undefined => {
  if (loaded === undefined || isGone(loaded.content, now)) return undefined
  if (overdueRotations(loaded.content, now).length === 0) return loaded
  const { automaticRotation: _, ...content } = loaded.content
  return { ...loaded, content }
}

/** The parts with records that can only be looked at. */
const readOnly = ({ records, ...parts }: Parts, now: number): Parts => ({
  ...parts,
  records: {
    ...records,
    keys: { ...records.keys, read: (id) => Effect.map(records.keys.read(id), (loaded) => atRest(now, loaded)) },
    ids: (prefix, after, limit) => prefix === duePrefix ? Effect.succeed([]) : records.ids(prefix, after, limit),
    commit: () => Effect.die(new Error("An explanation commits nothing"))
  }
})

const explainPermission = Effect.fnUntraced(function*(parts: Parts, asking: Asking, permission: Permission) {
  const { action, resource } = permission
  if (typeof resource !== "string" && isAbsent(resource)) {
    return { action, resource: null, allowed: false, verdict: textOf(resource), statements: [], grants: [] }
  }
  const { verdict } = yield* permit(parts, asking, permission, resource)
  const requested = requestedBy(asking, permission)
  // Who may retire a grant is no matter of the key policy.
  const question = "retired" in permission && typeof resource !== "string"
    ? Authorize.identityQuestion(action, resource, asking.asked, requested)
    : Authorize.questionOf(action, resource, asking.asked, requested)
  const explained: ExplainedPermission = {
    action,
    resource: question.resource,
    allowed: verdict.allowed,
    verdict,
    statements: explainStatements(question),
    grants: typeof resource === "string" || parts.grants === undefined
      ? []
      : yield* parts.grants.explain(parts, grantQuestion(asking, permission, resource))
  }
  return explained
})

const textOf = (error: Error): ErrorText => ({ error: error.name, message: error.message })

/** Errors of the store, after which nothing can be said. */
const isOfStore = (error: unknown): error is LoadError =>
  error instanceof StorageError || error instanceof IntegrityError || error instanceof DependencyTimeoutException

/** Members that are the same in every operation that has them. */
interface Request {
  readonly Recipient?: Recipient | undefined
  readonly GrantTokens?: ReadonlyArray<string> | undefined
}

/** The same, with whom the reply would be for, if the request names a Recipient. */
const attested = ({ attest }: Parts, asked: Asked, input: Request) =>
  input.Recipient === undefined
    ? Effect.succeed(asked)
    : Effect.map(attest(input.Recipient, asked.now), (by): Asked => ({ ...asked, attested: by }))

/** Explains a call. It changes nothing: no rotation that fell due is made, and no AWS managed key. */
export const explain = (
  parts: Parts,
  operation: Operation,
  asked: Asked,
  input: unknown
): Effect.Effect<Explanation, LoadError> => {
  const call = { operation: operation.name, principal: asked.caller.principal }
  const stopped = (error: Error): Explanation => ({
    ...call,
    allowed: false,
    permissions: [],
    stopped: textOf(error)
  })
  const decoded = SchemaParser.decodeUnknownResult(operation.input, { errors: "all" })(input)
  if (Result.isFailure(decoded)) return Effect.succeed(stopped(Validation.failure(decoded.failure, input)))
  if (asked.account === "") return Effect.succeed(stopped(Authorize.denied(asked, `kms:${operation.name}`, "*")))
  const request: Request = decoded.success
  const looking = readOnly(parts, asked.now)
  const loaded = Effect.gen(function*() {
    const known = yield* attested(parts, asked, request)
    const tokens = yield* named(parts, request.GrantTokens, known.now)
    const find = Find.make({ parts: looking, asked: known, managed: undefined })
    const records = yield* Effect.provideContext(operation.load(request, find, known), parts.services)
    return { operation, asked: known, input: request, records, tokens } satisfies Asking
  })
  return Effect.matchEffect(loaded, {
    onSuccess: (asking): Effect.Effect<Explanation, LoadError> =>
      Effect.map(
        Effect.forEach(
          operation.permissions(request, asking.records, asking.asked),
          (permission) => explainPermission(looking, asking, permission)
        ),
        (permissions) => ({ ...call, allowed: permissions.every(({ allowed }) => allowed), permissions, stopped: null })
      ),
    onFailure: (error) => {
      if (isOfStore(error)) return Effect.fail(error)
      return error instanceof Error ? Effect.succeed(stopped(error)) : Effect.die(error)
    }
  })
}
