/**
 * How the keys of several Regions stay together. Each Region's record has all that it needs, so that using a key reads one
 * record; what they share is changed in all of them by one commit.
 *
 * Shared are materials, automatic rotation, and the list of Regions with the date on which a replica goes, and whether it
 * has imported what is pending its rotation. All else is each key's own. Source: AWS KMS developer guide, "Shared properties of multi-Region keys"; kms-semantics 2.5, 2.9.
 */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import { share } from "../crypto/KeyMaterials.ts"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { keyArn } from "../domain/Arn.ts"
import {
  day,
  deletionOf,
  type KeyMaterial,
  type KeyRecord,
  lacksMaterial,
  recordId,
  regionalType,
  restingState
} from "../domain/KeyRecord.ts"
import { listed } from "../domain/Region.ts"
import { importedMaterials } from "../lifecycle/Advance.ts"
import type { LoadedKey, RecordChange } from "../operations/Operation.ts"
import { asLoadedKey } from "./LoadKey.ts"
import type { Loaded } from "./Reader.ts"
import type { Records } from "./Records.ts"
import type { Regions } from "./Regions.ts"

type PutKey = Extract<RecordChange, { readonly _tag: "PutKey" }>
type Related = NonNullable<KeyRecord["multiRegion"]>

const regionsOf = ({ primary, replicas }: Related): ReadonlyArray<string> => [
  primary,
  ...replicas.map(({ region }) => region)
]

// --- Time ---

/** The state that the key is in at `now`. */
const stateAt = (key: KeyRecord, now: number): KeyRecord["state"] => {
  const { deletion, settles, state } = key
  if (state !== "PendingReplicaDeletion") return settles !== undefined && settles.at <= now ? restingState(key) : state
  const waited = deletion?.date !== undefined && deletion.date - deletion.windowInDays * day <= now
  return waited ? "PendingDeletion" : state
}

type Replica = Related["replicas"][number]

const isPresent = (now: number) => ({ goes = Infinity }: Replica) => goes > now

const hasPending = (now: number) => ({ pending }: Replica) => (pending?.validTo ?? Infinity) > now

/** The list as it stands: without what has gone, and without pending material that has expired. */
const standing = (replicas: ReadonlyArray<Replica>, now: number): ReadonlyArray<Replica> =>
  replicas.filter(isPresent(now)).map((replica) => {
    const { pending: _, ...without } = replica
    return hasPending(now)(replica) ? replica : without
  })

const advance = (key: KeyRecord, now: number): KeyRecord => {
  const { multiRegion, settles, ...record } = key
  if (multiRegion === undefined) return key
  const state = stateAt(key, now)
  const { replicas } = multiRegion
  const allStand = replicas.every(isPresent(now)) && replicas.every(hasPending(now))
  if (allStand && state === key.state) return key
  return {
    ...record,
    ...(settles === undefined || settles.at <= now ? {} : { settles }),
    state,
    multiRegion: allStand ? multiRegion : { ...multiRegion, replicas: standing(replicas, now) }
  }
}

// --- What is told ---

const describe: Regions["describe"] = (key) => {
  const { account, deletion, keyId, multiRegion, state } = key
  const type = regionalType(key)
  if (multiRegion === undefined || type === undefined) return {}
  const regional = (region: string) => ({ Arn: keyArn({ account, region }, keyId), Region: region })
  return {
    MultiRegionConfiguration: {
      MultiRegionKeyType: type,
      PrimaryKey: regional(multiRegion.primary),
      ReplicaKeys: multiRegion.replicas.map(({ region }) => regional(region))
    },
    ...(state === "PendingReplicaDeletion" && deletion !== undefined
      ? { PendingDeletionWindowInDays: deletion.windowInDays }
      : {})
  }
}

// --- What changes together ---

/** The key, with what the list of its Regions has to say of it, if it is a replica. */
const withOwnEntry = (key: KeyRecord, multiRegion: Related): KeyRecord => {
  const replicas = multiRegion.replicas.map((replica) => replica.region === key.region ? listed(key) : replica)
  return { ...key, multiRegion: { ...multiRegion, replicas } }
}

/**
 * The source's materials, those that are new wrapped for the key that is to have them as well. Imported ones are only known
 * by their ids: each Region has them when they have been imported there.
 */
const sharedMaterials = Effect.fnUntraced(function*(key: KeyRecord, source: KeyRecord) {
  const known = new Map(importedMaterials(key).map((material) => [material.id, material]))
  return yield* Effect.forEach(source.materials, (material) => {
    const own = known.get(material.id)
    const isNew = own === undefined && key.origin === "AWS_KMS"
    return isNew ? share(source, material, key) : Effect.succeed(asKnown(material, own))
  })
})

/** A material as another Region has it, if it has it. */
const asKnown = ({ id, rotation }: KeyMaterial, own: KeyMaterial | undefined): KeyMaterial => ({
  ...own,
  id,
  ...(rotation === undefined ? {} : { rotation })
})

/** The source's pending material, as far as the key has it. */
const sharedPending = ({ pendingMaterial: own }: KeyRecord, { pendingMaterial: shared }: KeyRecord) => {
  if (shared === undefined) return {}
  return { pendingMaterial: own?.id === shared.id ? own : { id: shared.id } }
}

/**
 * The key in the state that what it shares puts it in. A primary that waits for its replicas goes when the last of them
 * has gone; and what another Region has and this one has not is to be imported.
 */
const inState = (key: KeyRecord): KeyRecord => {
  if (key.state === "PendingReplicaDeletion" && key.deletion !== undefined) {
    return { ...key, deletion: deletionOf(key, key.deletion.windowInDays, 0) }
  }
  const usable = key.state === "Enabled" || key.state === "Disabled" || key.state === "Updating"
  return usable && lacksMaterial(key) ? { ...key, state: "PendingImport" } : key
}

/** The changes of the key's aliases, if it goes at another time than before. */
const renamed = Effect.fnUntraced(function*(records: Records, before: KeyRecord, key: KeyRecord) {
  if (before.deletion?.date === key.deletion?.date) return []
  const aliases = yield* records.aliases.readAll(key.aliases.map((name) => AliasRecord.recordId(key, name)))
  return aliases.filter(({ content }) => content.targetKeyId === key.keyId).map((alias): RecordChange => ({
    _tag: "PutAlias",
    before: { place: key, name: alias.content.name, version: alias.version, content: alias.content },
    record: AliasRecord.going(alias.content, key.deletion?.date)
  }))
})

/** What the key of another Region becomes when this one has become `source`. */
const follow = Effect.fnUntraced(function*(records: Records, other: Loaded<KeyRecord>, source: KeyRecord) {
  const { automaticRotation: _, pendingMaterial: _own, ...own } = other.content
  const { automaticRotation, multiRegion } = source
  const record = inState({
    ...own,
    ...(automaticRotation === undefined ? {} : { automaticRotation }),
    ...(multiRegion === undefined ? {} : { multiRegion }),
    ...sharedPending(other.content, source),
    materials: yield* sharedMaterials(other.content, source)
  })
  const put: RecordChange = { _tag: "PutKey", before: yield* asLoadedKey(other), record }
  return [put, ...(yield* renamed(records, other.content, record))]
})

/** Whether all that the Regions share is as it was. */
const sharesTheSame = (before: KeyRecord, after: KeyRecord): boolean =>
  Equal.equals(before.multiRegion, after.multiRegion) &&
  Equal.equals(before.automaticRotation, after.automaticRotation) &&
  before.pendingMaterial?.id === after.pendingMaterial?.id &&
  Equal.equals(before.materials, after.materials)

/** The key's records in the Regions of the list, but for those that are changed already. */
const elsewhere = (records: Records, key: KeyRecord, regions: ReadonlyArray<string>, changed: ReadonlySet<string>) =>
  records.keys.readAll(
    regions.map((region) => recordId({ ...key, region }, key.keyId)).filter((id) => !changed.has(id))
  )

const idOf = ({ record }: PutKey): string => recordId(record, record.keyId)

const spread: Regions["spread"] = Effect.fnUntraced(function*(records, changes) {
  const changed = new Set(changes.flatMap((change) => change._tag === "PutKey" ? [idOf(change)] : []))
  const all: Array<RecordChange> = []
  for (const change of changes) {
    if (change._tag !== "PutKey" || change.before === undefined || change.record.multiRegion === undefined) {
      all.push(change)
      continue
    }
    const record = withOwnEntry(change.record, change.record.multiRegion)
    all.push({ ...change, record })
    if (sharesTheSame(change.before.stored ?? change.before.record, record)) continue
    const others = yield* elsewhere(records, record, regionsOf(change.record.multiRegion), changed)
    for (const other of others) {
      changed.add(other.id)
      all.push(...(yield* follow(records, other, record)))
    }
  }
  return all
})

const forget: Regions["forget"] = Effect.fnUntraced(function*(records, key) {
  const { multiRegion } = key
  if (multiRegion === undefined) return []
  const others = yield* elsewhere(records, key, regionsOf(multiRegion), new Set([recordId(key, key.keyId)]))
  return yield* Effect.forEach(
    others,
    (other) => Effect.map(asLoadedKey(other), (before) => without(before, key.region))
  )
})

const without = (before: LoadedKey, region: string): RecordChange => {
  const { multiRegion, ...record } = before.record
  if (multiRegion === undefined) return { _tag: "PutKey", before, record }
  const replicas = multiRegion.replicas.filter((replica) => replica.region !== region)
  return { _tag: "PutKey", before, record: { ...record, multiRegion: { ...multiRegion, replicas } } }
}

/** How the keys of several Regions stay together. */
export const multiRegionRules: Regions = { advance, describe, spread, forget }
