/** What Keystead keeps of a KMS key: one small record, wrapped material, policy, tags and alias names included. */
import * as Schema from "effect/Schema"
import { KeyState } from "../lifecycle/KeyState.ts"
import { keyArn } from "./Arn.ts"
import { integer, items, oneOf } from "./Members.ts"
import { keySpecs, keyUsages } from "./Specs.ts"

/** A moment in milliseconds since 1970-01-01T00:00Z. */
const Millis = integer({})

/** How a key's later materials came to be current. */
export const RotationType = oneOf(["AUTOMATIC", "ON_DEMAND"])

/** One generation of key material. The bytes are wrapped under the root key, and never leave the record unwrapped. */
export const KeyMaterial = Schema.Struct({
  /** 64 hexadecimal digits. */
  id: Schema.String,
  /** base64 of what `RootKey.wrap` gave. Imported material that was deleted or has expired has none. */
  wrapped: Schema.optionalKey(Schema.String),
  /** When and why it became current; the first material has neither. */
  rotation: Schema.optionalKey(Schema.Struct({ date: Millis, type: RotationType })),
  /** What the importer says of it. */
  description: Schema.optionalKey(Schema.String),
  /** Imported material that expires: from then on it is not there. */
  validTo: Schema.optionalKey(Millis)
})
export type KeyMaterial = typeof KeyMaterial.Type

/** A tag, as it is kept: AWS's names for its two members. */
export const Tag = Schema.Struct({ TagKey: Schema.String, TagValue: Schema.String })
/** A tag of a key. */
export type Tag = typeof Tag.Type

export const KeyRecord = Schema.Struct({
  account: Schema.String,
  region: Schema.String,
  keyId: Schema.String,
  keySpec: oneOf(keySpecs),
  keyUsage: oneOf(keyUsages),
  origin: oneOf(["AWS_KMS", "EXTERNAL", "EXTERNAL_KEY_STORE"]),
  keyManager: oneOf(["CUSTOMER", "AWS"]),
  created: Millis,
  description: Schema.String,
  state: KeyState,
  /** Present while the key is pending deletion: when it goes. No date is known while it waits for replicas that stay. */
  deletion: Schema.optionalKey(Schema.Struct({ date: Schema.optionalKey(Millis), windowInDays: integer({}) })),
  /** The key policy, as it was given. */
  policy: Schema.String,
  tags: items(Tag),
  /** The names of its aliases, with `alias/`, in no order. Always the same account and Region as the key. */
  aliases: items(Schema.String),
  /** Asymmetric keys: base64 of the public key's SubjectPublicKeyInfo in DER. */
  publicKey: Schema.optionalKey(Schema.String),
  /** Keys of origin EXTERNAL_KEY_STORE: the custom key store, and the key in the external key manager behind it. */
  externalKey: Schema.optionalKey(Schema.Struct({ store: Schema.String, id: Schema.String })),
  /** Oldest first. The last is the current one; the others only decrypt. None before the first import. */
  materials: items(KeyMaterial),
  /**
   * Imported material that becomes the current one with the next rotation. Until then it can be taken away again. A replica
   * knows its primary's, whether or not it has it.
   */
  pendingMaterial: Schema.optionalKey(KeyMaterial),
  /** Present while automatic rotation is on. It waits while the key, of several Regions the primary, is not Enabled. */
  automaticRotation: Schema.optionalKey(Schema.Struct({ periodInDays: integer({}), next: Millis })),
  /**
   * Multi-Region keys: which Regions have it, when a replica goes, and whether it has the pending material, and until when.
   * The same in the record of every Region.
   */
  multiRegion: Schema.optionalKey(Schema.Struct({
    /** The primary key's Region. */
    primary: Schema.String,
    replicas: items(Schema.Struct({
      region: Schema.String,
      goes: Schema.optionalKey(Millis),
      pending: Schema.optionalKey(Schema.Struct({ validTo: Schema.optionalKey(Millis) }))
    }))
  })),
  /** While the state is Creating or Updating: when it passes, and into which state. */
  settles: Schema.optionalKey(Schema.Struct({ at: Millis, state: KeyState }))
})

/** What Keystead keeps of a KMS key. */
export type KeyRecord = typeof KeyRecord.Type

/** A day in milliseconds. */
export const day = 24 * 60 * 60 * 1000

/** Whether the key is a replica of a multi-Region key, whose primary is in another Region. */
export const isReplica = ({ multiRegion, region }: KeyRecord): boolean =>
  multiRegion !== undefined && multiRegion.primary !== region

/** What the key is among those of a multi-Region key; undefined for the keys of one Region. */
export const regionalType = (key: KeyRecord): "PRIMARY" | "REPLICA" | undefined =>
  key.multiRegion && (isReplica(key) ? "REPLICA" : "PRIMARY")

/** The state that the key is in, or will be in when it has been created or updated. */
export const restingState = ({ settles, state }: KeyRecord): KeyState =>
  settles !== undefined && (state === "Creating" || state === "Updating") ? settles.state : state

/** How long the key is to stay pending deletion, and when it goes: a primary waits until its replicas are gone. */
export const deletionOf = (key: KeyRecord, windowInDays: number, now: number): NonNullable<KeyRecord["deletion"]> => {
  const replicas = isReplica(key) ? [] : key.multiRegion?.replicas ?? []
  const gone = Math.max(now, ...replicas.map(({ goes = Infinity }) => goes))
  return gone === Infinity ? { windowInDays } : { date: gone + windowInDays * day, windowInDays }
}

/** The key's ARN. */
export const arnOf = (key: KeyRecord): string => keyArn(key, key.keyId)

/** The id under which the key's record is stored. */
export const recordId = (place: { readonly account: string; readonly region: string }, keyId: string): string =>
  `key/${place.account}/${place.region}/${keyId}`

/** The id under which it is stored when the key was last used. */
export const usageId = ({ account, keyId, region }: Pick<KeyRecord, "account" | "region" | "keyId">): string =>
  `usage/${account}/${region}/${keyId}`

/** Whether material is missing that belongs to the key: not imported yet, deleted, or expired. */
export const lacksMaterial = ({ materials, origin }: KeyRecord): boolean =>
  origin === "EXTERNAL" && (materials.length === 0 || materials.some(({ wrapped }) => wrapped === undefined))

/** Whether the key has pending material that every Region that stays has as well, so that it can become the current one. */
export const canPromote = ({ multiRegion, pendingMaterial }: KeyRecord): boolean =>
  pendingMaterial?.wrapped !== undefined &&
  multiRegion?.replicas.every(({ goes, pending }) => goes !== undefined || pending !== undefined) !== false

/** Of a key of origin EXTERNAL_KEY_STORE: which external key it has, in which custom key store. */
export type ExternalKeyName = NonNullable<KeyRecord["externalKey"]>

/** The id of the record that says that the key has this external key. It is there for as long as the key's is. */
export const externalKeyId = (
  place: { readonly account: string; readonly region: string },
  { id, store }: ExternalKeyName,
  keyId: string
): string => `external/${place.account}/${place.region}/${store}/${id}/${keyId}`

/** The material that new ciphertexts are made with. Every key has one that is not pending its import. */
export const currentMaterial = (key: KeyRecord): KeyMaterial => {
  const last = key.materials.at(-1)
  if (last === undefined) throw new RangeError(`${arnOf(key)} has no key material`)
  return last
}
