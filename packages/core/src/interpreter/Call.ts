/** One call of an operation, from its input to its reply. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import { type AuditEvent, auditEvent } from "../audit/AuditEvent.ts"
import type { Verdict } from "../authorization/Evaluate.ts"
import type { Recipient } from "../crypto/Recipients.ts"
import { recordId } from "../domain/KeyRecord.ts"
import * as Validation from "../domain/Validation.ts"
import { DryRunOperationException } from "../Errors.ts"
import { next } from "../lifecycle/Guard.ts"
import {
  type Absent,
  type Asked,
  type Decision,
  isAbsent,
  isUnavailable,
  type LoadedKey,
  type LoadError,
  type Operation,
  type RecordChange,
  type Services
} from "../operations/Operation.ts"
import { CommitConflict, type Version } from "../storage/Storage.ts"
import * as Authorize from "./Authorize.ts"
import { toCommit } from "./Changes.ts"
import { retrying } from "./Conflicts.ts"
import * as Find from "./Find.ts"
import type { Loading, Parts } from "./LoadKey.ts"
import { type Asking, named, permit } from "./Permit.ts"

/** A call, and what becomes known of it for its audit event. */
export interface Call {
  readonly operation: Operation
  asked: Asked
  /** The input, once it is known to be one. */
  input: object | undefined
  keys: ReadonlyArray<LoadedKey>
  verdict: Verdict | undefined
  /** The grants that it is allowed by. */
  used: ReadonlyArray<Stored>
}

/** A record as it was read. */
export interface Stored {
  readonly id: string
  readonly version: Version
}

/** A call of which nothing is known yet but who asks for what. */
export const begin = (operation: Operation, asked: Asked): Call => ({
  operation,
  asked,
  input: undefined,
  keys: [],
  verdict: undefined,
  used: []
})

/** A request as its operation's schema read it: these members are the same in every operation that has them. */
interface Input {
  readonly DryRun?: boolean | undefined
  readonly GrantTokens?: ReadonlyArray<string> | undefined
  readonly Recipient?: Recipient | undefined
}

type Decoder = (input: unknown) => Result.Result<Input, SchemaIssue.Issue>

const decoders = new WeakMap<Operation, Decoder>()

const decoderOf = (operation: Operation): Decoder => {
  const known = decoders.get(operation)
  if (known !== undefined) return known
  // To stop at the first failure is several times as fast. What failed is gone through again, for all its failures.
  const first: Decoder = SchemaParser.decodeUnknownResult(operation.input)
  const all: Decoder = SchemaParser.decodeUnknownResult(operation.input, { errors: "all" })
  const made: Decoder = (input) => {
    const decoded = first(input)
    return Result.isSuccess(decoded) ? decoded : all(input)
  }
  decoders.set(operation, made)
  return made
}

/** Input, recipient, load, permissions, states, decide, dry run, commit: errors show in this order. */
export const run = (parts: Parts, call: Call, input: unknown) => {
  const { asked, operation } = call
  const decoded = decoderOf(operation)(input)
  if (Result.isFailure(decoded)) return Effect.fail(Validation.failure(decoded.failure, input))
  const request = call.input = decoded.success
  // Whoever is nobody's principal has no account: nothing is looked up, or made, in its name.
  if (asked.account === "") {
    call.verdict = { allowed: false, because: { _tag: "UnknownPrincipal" } }
    return Effect.fail(Authorize.denied(asked, `kms:${operation.name}`, "*"))
  }
  const replied = retrying(parts.crypto, once(parts, call, request))
  if (request.Recipient === undefined) return replied
  return Effect.flatMap(parts.attest(request.Recipient, asked.now), (attested) => {
    call.asked = { ...asked, attested }
    return Effect.flatMap(replied, attested.seal)
  })
}

/** Loads, asks for permission, and goes on. */
const once = Effect.fnUntraced(function*(
  parts: Parts,
  call: Call,
  input: Input
): Effect.fn.Return<unknown, unknown, Services> {
  const { asked, operation } = call
  const loading: Loading = { parts, asked, managed: undefined }
  const tokens = yield* named(parts, input.GrantTokens, asked.now)
  const records = yield* operation.load(input, Find.make(loading), asked)
  const keys = call.keys = operation.guards(records)
  const refused = yield* refusal(parts, call, { operation, asked, input, records, tokens })
  // Only what changes all of them sees in its commit that all was so at one moment, and nothing does.
  if (keys.length + call.used.length > 1 && loading.managed === undefined) yield* stillThere(parts, call)
  if (refused !== undefined) return yield* Effect.fail(refused)
  return yield* decideOn(loading, call, input, records)
})

const decideOn = (
  { managed, parts }: Loading,
  call: Call,
  input: Input,
  records: unknown
): Effect.Effect<unknown, unknown, Services> => {
  const { asked, operation } = call
  const guarded = guard(call)
  if (Result.isFailure(guarded)) return Effect.fail(guarded.failure)
  if (managed !== undefined && parts.managedKeys !== undefined && !input.DryRun) {
    return Effect.flatMap(parts.managedKeys.commit(parts, managed.content), () => once(parts, call, input))
  }
  return Effect.flatMap(
    operation.decide({ ...asked, input, records, nextState: guarded.success }),
    (decision) => conclude(parts, input.DryRun, decision)
  )
}

/** CommitConflict unless all keys and grants are, at one moment, as they were loaded one after the other. */
const stillThere = ({ records }: Parts, { keys, used }: Call) => {
  const loaded = [...keys.map(({ record, version }) => ({ id: recordId(record, record.keyId), version })), ...used]
  const ids = loaded.map(({ id }) => id)
  return Effect.flatMap(
    records.versions(ids),
    (present) =>
      loaded.some(({ id, version }) => present.get(id)?.version !== version)
        ? Effect.fail(new CommitConflict({ ids }))
        : Effect.void
  )
}

/** Why the caller may not, if so: every permission must be given, and the first that is not decides. */
const refusal = Effect.fnUntraced(function*(
  parts: Parts,
  call: Call,
  asking: Asking
): Effect.fn.Return<Absent | undefined, LoadError> {
  const { asked, input, operation, records } = asking
  call.used = []
  for (const permission of operation.permissions(input, records, asked)) {
    const { action, resource } = permission
    if (typeof resource !== "string" && isAbsent(resource)) return resource
    const { used, verdict } = yield* permit(parts, asking, permission, resource)
    call.verdict = verdict
    if (!verdict.allowed) return permission.refusal?.() ?? Authorize.refusal(action, resource, asked)
    if (used !== undefined) call.used = [...call.used, used]
  }
  return undefined
})

/** Every guarded key must pass; the state that the first one moves to is the operation's. */
const guard = ({ keys, operation }: Call) => {
  const { states } = operation
  if (states === undefined) return Result.succeed("Enabled" as const)
  const guarded = keys.map((key) => {
    const unavailable = isUnavailable(key) ? next(states, "Unavailable", key.arn) : undefined
    // What an unavailable key lets through is done to the state that its record holds, and shows when it is back.
    return unavailable !== undefined && Result.isFailure(unavailable)
      ? unavailable
      : next(states, key.record.state, key.arn)
  })
  return guarded.find(Result.isFailure) ?? guarded[0] ?? Result.succeed("Enabled" as const)
}

const overwrite = (output: unknown): void => {
  const members: ReadonlyArray<unknown> = Object.values(output ?? {})
  for (const value of members) if (value instanceof Uint8Array) value.fill(0)
}

/** Commits what was decided, and then replies; a dry run ends here. */
const conclude = (
  parts: Parts,
  dryRun: boolean | undefined,
  { changes, output }: Decision<unknown, RecordChange>
): Effect.Effect<unknown, unknown> => {
  if (dryRun) {
    // What it would have answered is for nobody.
    overwrite(output)
    return Effect.fail(
      new DryRunOperationException({ message: "The request would have succeeded, but the DryRun option is set." })
    )
  }
  if (changes.length === 0) return Effect.succeed(output)
  return Effect.flatMap(toCommit(parts, changes), (steps) => {
    const writes = steps.some(({ _tag }) => _tag !== "Check")
    return writes ? Effect.as(parts.records.commit(steps), output) : Effect.succeed(output)
  })
}

const errorOf = (cause: Cause.Cause<unknown>): { readonly name: string; readonly message: string } => {
  const error = Cause.squash(cause)
  const failed = cause.reasons.some(Cause.isFailReason)
  // A defect's message may hold anything: the event only says that there was one.
  return failed && error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: "KMSInternalException", message: "" }
}

/** The audit event of a call that has ended; `cause` if it failed. */
export const event = (
  { asked, input, keys, operation, verdict }: Call,
  cause: Cause.Cause<unknown> | undefined
): AuditEvent =>
  auditEvent({
    time: asked.now,
    name: operation.name,
    readOnly: operation.readOnly,
    caller: asked.caller,
    account: asked.account,
    region: asked.region,
    requestId: asked.requestId,
    input,
    resources: keys.map(({ arn, record }) => ({ accountId: record.account, type: "AWS::KMS::Key", ARN: arn })),
    verdict,
    attested: asked.attested?.audit,
    error: cause === undefined ? undefined : errorOf(cause)
  })
