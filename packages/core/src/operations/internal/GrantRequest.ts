/** What a request for a new grant says: who gets what, under which constraints; checked as far as the key does not matter. */
import * as Effect from "effect/Effect"
import { type GrantConstraints, isAmbiguous, namesOf } from "../../domain/GrantConstraints.ts"
import { operationsFor } from "../../domain/GrantFit.ts"
import type { GrantOperation, GrantRecord, GrantTerms } from "../../domain/GrantRecord.ts"
import type { KeyRecord } from "../../domain/KeyRecord.ts"
import { type InvalidArnException, ValidationException } from "../../Errors.ts"
import type { Loaded } from "../../interpreter/Reader.ts"
import type { Version } from "../../storage/Storage.ts"
import type { Asked, LoadedKey } from "../Operation.ts"
import { type constraints, needPrincipal } from "./Grant.ts"

/** The members that say it. */
export interface Wanted {
  readonly GranteePrincipal?: string | undefined
  readonly GranteeServicePrincipal?: string | undefined
  readonly RetiringPrincipal?: string | undefined
  readonly RetiringServicePrincipal?: string | undefined
  readonly Operations: ReadonlyArray<GrantOperation>
  readonly Constraints?: typeof constraints.Type | undefined
  readonly Name?: string | undefined
}

/** A grant without its id. */
export type Draft = Omit<GrantRecord, "grantId">

/** What the creation of a grant is decided on. */
export interface Creation {
  readonly key: LoadedKey
  readonly draft: Draft
  /** Whether a service asks for it on the caller's behalf. */
  readonly forService: boolean
  readonly count: Loaded<number> | undefined
  /** Where a grant of this name and these parameters is found again. */
  readonly named: { readonly id: string; readonly version: Version | null } | undefined
  /** The grant of this name and these parameters that is there already. */
  readonly existing: GrantRecord | undefined
}

type Checked = Effect.Effect<void, ValidationException | InvalidArnException>

const invalid = (message: string) => Effect.fail(new ValidationException({ message }))

const mostPairs = 8
const longestValue = 384

/** An empty map counts as none. Source: IAM Access Analyzer API, KmsGrantConstraints. */
const unlessEmpty = (pairs: Readonly<Record<string, string>> | undefined) =>
  pairs === undefined || Object.keys(pairs).length === 0 ? undefined : pairs

const constraintsOf = ({ Constraints = {} }: Wanted): GrantConstraints => {
  const equals = unlessEmpty(Constraints.EncryptionContextEquals)
  const subset = unlessEmpty(Constraints.EncryptionContextSubset)
  return {
    ...(equals === undefined ? {} : { equals }),
    ...(subset === undefined ? {} : { subset }),
    ...(Constraints.SourceArn === undefined ? {} : { sourceArn: Constraints.SourceArn })
  }
}

/** What the grant is to allow. */
export const termsOf = (wanted: Wanted): GrantTerms => ({
  operations: [...new Set(wanted.Operations)],
  constraints: constraintsOf(wanted)
})

/** The condition keys of a new grant. Source: AWS KMS Developer Guide, "AWS KMS condition keys". */
export const grantConditions = (wanted: Wanted) => {
  const { constraints, operations } = termsOf(wanted)
  const types = namesOf(constraints)
  return {
    "kms:GrantConstraintType": types.length === 0 ? undefined : types,
    "kms:GrantOperations": operations,
    "kms:GranteePrincipal": wanted.GranteePrincipal,
    "kms:RetiringPrincipal": wanted.RetiringPrincipal
  }
}

const checkPairs = (pairs: Readonly<Record<string, string>>): Checked => {
  if (Object.keys(pairs).length > mostPairs) {
    return invalid(`A grant constraint can have at most ${mostPairs} encryption context pairs.`)
  }
  if (isAmbiguous(pairs)) {
    return invalid("The keys of a grant constraint must not differ in case only: constraints do not tell them apart.")
  }
  return Object.values(pairs).some((value) => value.length > longestValue)
    ? invalid(`An encryption context value in a grant constraint can have at most ${longestValue} characters.`)
    : Effect.void
}

const checkConstraints = ({ equals, subset }: GrantConstraints): Checked => {
  if (equals !== undefined && subset !== undefined) {
    return invalid(
      "A grant can have one encryption context constraint: EncryptionContextEquals or EncryptionContextSubset."
    )
  }
  return checkPairs(equals ?? subset ?? {})
}

/** The DNS name of a service. Source: IAM User Guide, "AWS service principals". */
const serviceName = /^(?:[a-z0-9-]+\.)+amazonaws\.com(?:\.cn)?$/

const checkParty = (arn: string | undefined, service: string | undefined, member: string): Checked => {
  if (arn !== undefined && service !== undefined) {
    return invalid(`You can specify either ${member}Principal or ${member}ServicePrincipal, but not both.`)
  }
  if (arn !== undefined) return Effect.asVoid(needPrincipal(arn))
  return service === undefined || serviceName.test(service)
    ? Effect.void
    : invalid(`${member}ServicePrincipal must be the name of a service, such as dynamodb.amazonaws.com.`)
}

/** A service may do something for one resource only, and somebody must be able to end that. */
const checkService = (wanted: Wanted): Checked => {
  if (wanted.Constraints?.SourceArn === undefined) {
    return invalid("A grant with a GranteeServicePrincipal must have a SourceArn constraint.")
  }
  return wanted.RetiringPrincipal === undefined && wanted.RetiringServicePrincipal === undefined
    ? invalid("A grant with a GranteeServicePrincipal must have a RetiringPrincipal or a RetiringServicePrincipal.")
    : Effect.void
}

/** Refuses what can be no grant of any key. */
export const needWanted = Effect.fnUntraced(function*(wanted: Wanted) {
  const { GranteePrincipal, GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal } = wanted
  if (GranteePrincipal === undefined && GranteeServicePrincipal === undefined) {
    yield* invalid("You must specify either GranteePrincipal or GranteeServicePrincipal.")
  }
  yield* checkParty(GranteePrincipal, GranteeServicePrincipal, "Grantee")
  yield* checkParty(RetiringPrincipal, RetiringServicePrincipal, "Retiring")
  const { constraints, operations } = termsOf(wanted)
  if (operations.length === 0) yield* invalid("A grant must permit at least one operation.")
  yield* checkConstraints(constraints)
  if (GranteeServicePrincipal !== undefined) yield* checkService(wanted)
})

/** The grant that is asked for, without its id. */
export const draftOf = (wanted: Wanted, { record }: LoadedKey, asked: Asked): Draft => {
  const retiring = wanted.RetiringPrincipal ?? wanted.RetiringServicePrincipal
  return {
    account: record.account,
    region: record.region,
    keyId: record.keyId,
    ...(wanted.Name === undefined ? {} : { name: wanted.Name }),
    created: asked.now,
    issuer: asked.account,
    grantee: wanted.GranteePrincipal ?? wanted.GranteeServicePrincipal ?? "",
    ...(retiring === undefined ? {} : { retiring }),
    ...termsOf(wanted)
  }
}

/** Refuses operations and constraints that keys of this kind do not have. */
export const needFit = (key: KeyRecord, { constraints, operations }: GrantTerms): Checked => {
  const possible = operationsFor(key)
  const strange = operations.filter((operation) => !possible.includes(operation))
  if (strange.length > 0) {
    return invalid(
      `A grant for a KMS key of spec ${key.keySpec} and usage ${key.keyUsage} cannot permit ${
        strange.join(", ")
      }: it can `
        + `permit ${possible.join(", ")}.`
    )
  }
  return key.keySpec !== "SYMMETRIC_DEFAULT" && (constraints.equals ?? constraints.subset) !== undefined
    ? invalid("Encryption context constraints are supported only in grants for symmetric encryption KMS keys.")
    : Effect.void
}
