import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { defaultKeyPolicy } from "../authorization/KeyPolicy.ts"
import { share } from "../crypto/KeyMaterials.ts"
import { keyArn, type Place } from "../domain/Arn.ts"
import * as Conditions from "../domain/Conditions.ts"
import { KeyMetadata, keyMetadata } from "../domain/KeyMetadata.ts"
import * as KeyPolicy from "../domain/KeyPolicy.ts"
import type { KeyMaterial, KeyRecord } from "../domain/KeyRecord.ts"
import { flag, keyId, list, optional, tag, text } from "../domain/Members.ts"
import { isShareable, regionName, settling } from "../domain/Region.ts"
import * as Tags from "../domain/Tags.ts"
import { AlreadyExistsException, UnsupportedOperationException } from "../Errors.ts"
import { Carried } from "../groups/Carried.ts"
import { row } from "../lifecycle/Row.ts"
import { needRoom } from "./internal/Quota.ts"
import { needPrimary } from "./internal/Rotation.ts"
import { type Find, type LoadedKey, operation, type RecordChange, type Request, type Slot } from "./Operation.ts"

const input = Schema.Struct({
  KeyId: keyId,
  ReplicaRegion: regionName,
  Policy: optional(text({ min: 1, max: 131072 })),
  BypassPolicyLockoutSafetyCheck: optional(flag),
  Description: optional(text({ min: 0, max: 8192 })),
  Tags: optional(list(tag))
})

type Input = typeof input.Type

/** The key to replicate, and what is in its Region to be. */
export interface ToReplicate {
  readonly key: LoadedKey
  readonly existing: LoadedKey | undefined
  readonly count: Slot<number>
}

const needVacancy = ({ arn, record }: LoadedKey, region: string, existing: LoadedKey | undefined) => {
  if (!isShareable(record.region, region)) {
    return Effect.fail(
      new UnsupportedOperationException({ message: `${arn} cannot be replicated to ${region}, in another partition.` })
    )
  }
  return existing === undefined ? Effect.void : Effect.fail(
    new AlreadyExistsException({ message: `${existing.arn} already exists.` })
  )
}

/** The policy of the replica, which is not its primary's. */
const policyFor = Effect.fnUntraced(function*({ input, ...asked }: Request<Input, ToReplicate>) {
  const { account, records: { key } } = asked
  if (input.Policy === undefined) return defaultKeyPolicy(account)
  const bypass = input.BypassPolicyLockoutSafetyCheck ?? false
  const there = { ...asked, region: input.ReplicaRegion }
  yield* Effect.fromResult(KeyPolicy.check(input.Policy, key.record.keyId, there, bypass))
  return input.Policy
})

/** What the replica has of its primary: all that makes them one key. */
const shared = Effect.fnUntraced(function*({ record }: LoadedKey, place: Place) {
  const { automaticRotation, keyId, keyManager, keySpec, keyUsage, origin, pendingMaterial, publicKey } = record
  const replica = { ...place, keyId, keyManager, keySpec, keyUsage, origin }
  // Imported material is imported in each Region: there it is known by its id.
  const known = (material: KeyMaterial) =>
    origin === "EXTERNAL"
      ? Effect.succeed({ id: material.id, ...(material.rotation === undefined ? {} : { rotation: material.rotation }) })
      : share(record, material, replica)
  return {
    ...replica,
    ...(automaticRotation === undefined ? {} : { automaticRotation }),
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(pendingMaterial === undefined ? {} : { pendingMaterial: { id: pendingMaterial.id } }),
    materials: yield* Effect.forEach(record.materials, known)
  }
})

const decide = Effect.fnUntraced(function*(request: Request<Input, ToReplicate>) {
  const { account, input, limits, now, records: { count, existing, key } } = request
  const region = input.ReplicaRegion
  yield* needPrimary(key, true)
  yield* needVacancy(key, region, existing)
  const tags = yield* Effect.fromResult(Tags.add([], input.Tags ?? [], limits.tagsPerKey))
  const policy = yield* policyFor(request)
  const keys = yield* needRoom(count, limits)
  const { primary, replicas } = key.record.multiRegion ?? { primary: key.record.region, replicas: [] }
  const multiRegion = { primary, replicas: [...replicas, { region }] }
  const replica: KeyRecord = {
    ...yield* shared(key, { account, region }),
    created: now,
    description: input.Description ?? "",
    state: key.record.origin === "EXTERNAL" ? "PendingImport" : "Enabled",
    policy,
    tags,
    aliases: [],
    multiRegion
  }
  const changes: ReadonlyArray<RecordChange> = [
    { _tag: "PutKey", before: key, record: { ...key.record, multiRegion } },
    { _tag: "PutKey", before: undefined, record: settling(replica, "Creating", now, limits.multiRegionSettling) },
    { _tag: "PutKeyCount", before: count, count: keys + 1 }
  ]
  const output = {
    // AWS always answers so, however soon the replica can be used.
    ReplicaKeyMetadata: keyMetadata({ ...replica, state: "Creating" }, yield* Carried),
    ReplicaPolicy: policy,
    ReplicaTags: [...tags]
  }
  return { output, changes }
})

/** Makes a replica of a multi-Region primary key in another Region, with a policy, description and tags of its own. */
export const ReplicateKey = operation({
  name: "ReplicateKey",
  actions: ["kms:ReplicateKey", "kms:CreateKey", "kms:TagResource"],
  readOnly: false,
  input,
  output: Schema.Struct({
    ReplicaKeyMetadata: optional(KeyMetadata),
    ReplicaPolicy: optional(text({})),
    ReplicaTags: optional(list(tag))
  }),
  states: row({
    Enabled: "proceeds",
    Disabled: "DisabledException",
    PendingDeletion: "KMSInvalidStateException",
    PendingImport: "KMSInvalidStateException",
    Unavailable: "KMSInvalidStateException",
    Creating: "KMSInvalidStateException",
    Updating: "KMSInvalidStateException"
  }),
  load: Effect.fnUntraced(function*({ KeyId, ReplicaRegion }: Input, find: Find) {
    const named = { action: "kms:ReplicateKey", aliases: false, crossAccount: false }
    const there = find.in(ReplicaRegion)
    const { record } = yield* find.key(KeyId, named)
    yield* there.vacate(record.keyId)
    // To vacate a place changes the list of those that are left.
    const key = yield* find.key(KeyId, named)
    const existing = yield* there.keyOf(record.account, record.keyId)
    return { key, existing, count: yield* there.keyCount }
  }),
  guards: ({ key }) => [key],
  permissions: ({ ReplicaRegion, Tags }, { key }) => [
    { action: "kms:ReplicateKey", resource: key },
    { action: "kms:CreateKey", resource: "*" },
    ...(Tags === undefined
      ? []
      : [{
        action: "kms:TagResource",
        resource: keyArn({ account: key.record.account, region: ReplicaRegion }, key.record.keyId)
      }])
  ],
  conditions: (asked, { key: { record } }, { action }) =>
    action === "kms:ReplicateKey"
      ? { "kms:ReplicaRegion": asked.ReplicaRegion }
      // So that who may create keys of some kinds only gets no others by replicating.
      : {
        ...Conditions.ofKind(record.keySpec, record.keyUsage, record.origin, true),
        ...Conditions.ofTags(asked.Tags)
      },
  decide
})
