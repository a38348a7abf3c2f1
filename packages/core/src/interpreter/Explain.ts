/** Goes through a call up to its permissions, as the call itself would, and says why each is given or not. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as SchemaParser from "effect/SchemaParser"
import type { Verdict } from "../authorization/Evaluate.ts"
import { explain as explainStatements, type ExplainedStatement } from "../authorization/Explain.ts"
import type { Recipient } from "../crypto/Recipients.ts"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import * as Validation from "../domain/Validation.ts"
import { DependencyTimeoutException, IntegrityError, StorageError } from "../Errors.ts"
import { isGone, overdueRotations } from "../lifecycle/Advance.ts"
import { type Asked, isAbsent, type LoadError, type Operation, type Permission } from "../operations/Operation.ts"
import * as Authorize from "./Authorize.ts"
import * as Find from "./Find.ts"
import type { Parts } from "./LoadKey.ts"
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
    ids: () => Effect.succeed([]),
    commit: () => Effect.die(new Error("An explanation commits nothing"))
  }
})

const explainPermission = (
  operation: Operation,
  input: object,
  records: unknown,
  asked: Asked,
  permission: Permission
): ExplainedPermission => {
  const { action, resource } = permission
  if (typeof resource !== "string" && isAbsent(resource)) {
    return { action, resource: null, allowed: false, verdict: textOf(resource), statements: [] }
  }
  const requested = () => operation.conditions?.(input, records, permission) ?? {}
  const verdict = Authorize.ask(action, resource, asked, requested)
  const question = Authorize.questionOf(action, resource, asked, requested)
  return {
    action,
    resource: question.resource,
    allowed: verdict.allowed,
    verdict,
    statements: explainStatements(question)
  }
}

const textOf = (error: Error): ErrorText => ({ error: error.name, message: error.message })

/** Errors of the store, after which nothing can be said. */
const isOfStore = (error: unknown): error is LoadError =>
  error instanceof StorageError || error instanceof IntegrityError || error instanceof DependencyTimeoutException

/** The same, with whom the reply would be for, if the request names a Recipient. */
const attested = ({ attest }: Parts, asked: Asked, input: { readonly Recipient?: Recipient | undefined }) =>
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
  const request = decoded.success
  const loaded = Effect.flatMap(attested(parts, asked, request), (known) => {
    const find = Find.make({ parts: readOnly(parts, asked.now), asked: known, managed: undefined })
    const loading = Effect.provideContext(operation.load(request, find, known), parts.services)
    return Effect.map(loading, (records) => ({ known, records }))
  })
  return Effect.matchEffect(loaded, {
    onSuccess: ({ known, records }): Effect.Effect<Explanation, LoadError> => {
      const permissions = operation.permissions(request, records, known).map((permission) =>
        explainPermission(operation, request, records, known, permission)
      )
      const allowed = permissions.every((permission) => permission.allowed)
      return Effect.succeed({ ...call, allowed, permissions, stopped: null })
    },
    onFailure: (error) => {
      if (isOfStore(error)) return Effect.fail(error)
      return error instanceof Error ? Effect.succeed(stopped(error)) : Effect.die(error)
    }
  })
}
