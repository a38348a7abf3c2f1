/** Consults grants, where policies neither allow nor deny. */
import * as Effect from "effect/Effect"
import type { Objection, Verdict } from "../authorization/Evaluate.ts"
import {
  type ExplainedGrant,
  type GrantMismatch,
  type GrantRequest,
  isGrantable,
  mismatches,
  namesOf,
  reachOf
} from "../authorization/Granting.ts"
import { rootArn } from "../domain/Arn.ts"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import { countId, grantPrefix, type GrantRecord, indexPrefixes, type KeyPlace } from "../domain/GrantRecord.ts"
import { recordId as keyRecordId } from "../domain/KeyRecord.ts"
import type { StorageError } from "../Errors.ts"
import type { GrantBook, GrantQuestion } from "../groups/GrantBook.ts"
import { isGone } from "../lifecycle/Advance.ts"
import type { Conditions, LoadError } from "../operations/Operation.ts"
import type { Change } from "../storage/Storage.ts"
import * as Authorize from "./Authorize.ts"
import { byGrantee, byKey, grantOf, grantOfToken, indexed, notInForce, retiringEntriesOf } from "./Grants.ts"
import type { Parts } from "./LoadKey.ts"
import type { Loaded } from "./Reader.ts"

/** How many grants are read, or erased, at a time. */
const pageSize = 100

/** Objections that say only that nothing allows it: a grant may. All others are explicit, or as good as that. */
const isSilent = ({ _tag }: Objection): boolean => _tag === "NotInKeyPolicy" || _tag === "NotInIdentityPolicy"

const textOf = (value: Conditions[string]): string => typeof value === "string" ? value : ""

/** The encryption context, out of the condition keys that tell of it: of ReEncrypt that of the one side or the other. */
const contextOf = (conditions: Conditions): EncryptionContext => {
  const keys = [conditions["kms:EncryptionContextKeys"] ?? []].flat()
  return Object.fromEntries(keys.map((key) => [key, textOf(conditions[`kms:EncryptionContext:${key}`])]))
}

/** What has no encryption context that constraints could ask about. */
const withoutContext: ReadonlySet<string> = new Set(["kms:CreateGrant", "kms:DescribeKey"])

const identityVerdict = ({ asked, key, permission, requested }: GrantQuestion): Verdict =>
  Authorize.askIdentity(permission.action, key, asked, requested)

/** What is asked of each grant. Whether it is known already is the grant's own matter. */
const requestOf = (question: GrantQuestion): Omit<GrantRequest, "hiddenUntil"> => {
  const { asked: { caller }, permission: { action, child } } = question
  let allowed: boolean | undefined
  return {
    caller,
    action,
    encryptionContext: withoutContext.has(action) ? undefined : contextOf(question.requested()),
    child,
    identityAllows: () => allowed ??= identityVerdict(question).allowed
  }
}

const hiddenUntil = ({ grantDelay }: Parts, { asked, tokens }: GrantQuestion, grant: Loaded<GrantRecord>) => {
  const until = grant.content.created + grantDelay
  return grantDelay === 0 || until <= asked.now || tokens.some(({ id }) => id === grant.id) ? undefined : until
}

/** The caller's grants on the key, each once for each name that the caller has; those that tokens name come first. */
const forEachGrant = Effect.fnUntraced(function*(
  parts: Parts,
  { asked, key: { record: key }, tokens }: GrantQuestion,
  isEnough: (grant: Loaded<GrantRecord>) => boolean
): Effect.fn.Return<void, LoadError> {
  const prefix = grantPrefix(key)
  if (tokens.some((grant) => grant.id.startsWith(prefix) && isEnough(grant))) return
  for (const name of namesOf(asked.caller)) {
    const index = byGrantee(key, name)
    for (let after: string | undefined, more = true; more;) {
      const { entries, grants } = yield* indexed(parts.records, index, after, pageSize)
      if (grants.some(isEnough)) return
      more = entries.length === pageSize
      after = entries.at(-1)
    }
  }
})

/** Who may retire a grant, by name. Of one that is not there, the key's account may know so. */
const retirers = (question: GrantQuestion): ReadonlyArray<string> => {
  const { key: { record }, permission: { retired } } = question
  const owner = rootArn(record)
  if (retired === undefined) return [owner]
  const { grantee, issuer, operations, retiring } = retired
  return [
    ...(retiring === undefined ? [] : [retiring]),
    ...(operations.includes("RetireGrant") ? [grantee] : []),
    rootArn({ account: issuer, region: record.region }),
    owner
  ]
}

/** What keeps the caller from retiring the grant, but for denials. */
const retireMismatches = (question: GrantQuestion): ReadonlyArray<GrantMismatch> => {
  const reached = new Set(retirers(question).map((name) => reachOf(name, question.asked.caller)))
  if (reached.has("Direct")) return []
  if (!reached.has("Account")) return [{ _tag: "Grantee" }]
  return identityVerdict(question).allowed ? [] : [{ _tag: "IdentityPolicy" }]
}

/** Who may retire a grant is told by the grant, and for others of their accounts by identity policies; by no key policy. */
const answerRetire = (question: GrantQuestion): Verdict => {
  const identity = identityVerdict(question)
  if (!identity.allowed && !isSilent(identity.because)) return identity
  const [mismatch] = retireMismatches(question)
  if (mismatch?._tag === "IdentityPolicy") return identity
  if (mismatch !== undefined) return { allowed: false, because: { _tag: "NotInGrant" } }
  const { retired } = question.permission
  return retired === undefined || identity.allowed
    ? identity
    : { allowed: true, by: { _tag: "Grant", grantId: retired.grantId } }
}

const answer: GrantBook["answer"] = (parts, question, byPolicies) => {
  if ("retired" in question.permission) return Effect.succeed({ verdict: answerRetire(question) })
  if (byPolicies.allowed || !isSilent(byPolicies.because) || !isGrantable(question.permission.action)) {
    return Effect.succeed({ verdict: byPolicies })
  }
  return Effect.suspend(() => {
    const request = requestOf(question)
    let used: Loaded<GrantRecord> | undefined
    const allows = (grant: Loaded<GrantRecord>): boolean => {
      const fits = mismatches(grant.content, { ...request, hiddenUntil: hiddenUntil(parts, question, grant) })
      if (fits.length === 0) used = grant
      return fits.length === 0
    }
    return Effect.map(forEachGrant(parts, question, allows), () =>
      used === undefined
        ? { verdict: byPolicies }
        : { verdict: { allowed: true, by: { _tag: "Grant", grantId: used.content.grantId } }, used })
  })
}

const explain: GrantBook["explain"] = (parts, question) => {
  const { permission } = question
  if ("retired" in permission) {
    const { retired } = permission
    return Effect.succeed(
      retired === undefined ? [] : [{ grantId: retired.grantId, mismatches: retireMismatches(question) }]
    )
  }
  return Effect.suspend(() => {
    const request = requestOf(question)
    const explained = new Map<string, ExplainedGrant>()
    const note = (grant: Loaded<GrantRecord>): boolean => {
      const { grantId } = grant.content
      const hidden = hiddenUntil(parts, question, grant)
      explained.set(grantId, { grantId, mismatches: mismatches(grant.content, { ...request, hiddenUntil: hidden }) })
      return false
    }
    return isGrantable(permission.action)
      ? Effect.as(forEachGrant(parts, question, note), explained).pipe(Effect.map((all) => [...all.values()]))
      : Effect.succeed([])
  })
}

/** The grants that can be read: one that must not be used goes too, and only its entry for who retires it stays, for nothing. */
const readable = (parts: Parts, key: KeyPlace, grantIds: ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(
      grantIds,
      (grantId) => Effect.catchTag(grantOf(parts.records, key, grantId), "IntegrityError", () => Effect.undefined)
    ),
    (grants) => grants.flatMap((grant) => grant === undefined ? [] : [grant.content])
  )

/** Removes what is stored below the prefix, page by page, and with each page what belongs to it elsewhere. */
const removeAll = Effect.fnUntraced(function*(
  { records }: Parts,
  prefix: string,
  others: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, StorageError>
) {
  for (let more = true; more;) {
    const stored = yield* records.ids(prefix, undefined, pageSize)
    more = stored.length > 0
    if (!more) return
    const ids = [...stored, ...yield* others(stored)]
    yield* records.commit(ids.map((id): Change => ({ _tag: "Remove", id })))
  }
})

const noOthers = () => Effect.succeed([])

const erase: GrantBook["erase"] = Effect.fnUntraced(function*(parts, key) {
  const { prefix } = byKey(key)
  yield* removeAll(parts, prefix, (stored) =>
    Effect.map(
      readable(parts, key, stored.map((id) => id.slice(prefix.length))),
      (grants) => grants.flatMap(retiringEntriesOf)
    ))
  for (const index of indexPrefixes(key)) yield* removeAll(parts, index, noOthers)
  // It is the only one that begins with its own id: key ids are all of the same length.
  yield* removeAll(parts, countId(key), noOthers)
})

/** Until they are erased, grants are stored longer than their key is there. */
const named: GrantBook["named"] = (parts, tokens, now) =>
  Effect.forEach(
    new Set(tokens),
    Effect.fnUntraced(function*(token) {
      const grant = yield* Effect.provideContext(grantOfToken(parts.records, token), parts.services)
      const key = yield* parts.records.keys.read(keyRecordId(grant.content, grant.content.keyId))
      return key === undefined || isGone(key.content, now) ? yield* notInForce() : grant
    })
  )

/** What the group of grants brings to authorization. */
export const grantBook: GrantBook = {
  named,
  answer,
  explain,
  erase
}
