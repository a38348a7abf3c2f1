/** What Keystead keeps of a custom key store, and where. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Place } from "../domain/Arn.ts"
import { integer, oneOf } from "../domain/Members.ts"
import type { Loaded, Reader } from "../interpreter/Reader.ts"
import type { Records } from "../interpreter/Records.ts"

/** Why a connection failed, by AWS's names; of those of CloudHSM clusters and of VPC endpoint services none can come about. */
export const connectionErrorCodes = [
  "INVALID_CREDENTIALS",
  "CLUSTER_NOT_FOUND",
  "NETWORK_ERRORS",
  "INTERNAL_ERROR",
  "INSUFFICIENT_CLOUDHSM_HSMS",
  "USER_LOCKED_OUT",
  "USER_NOT_FOUND",
  "USER_LOGGED_IN",
  "SUBNET_NOT_FOUND",
  "INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET",
  "XKS_PROXY_ACCESS_DENIED",
  "XKS_PROXY_NOT_REACHABLE",
  "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND",
  "XKS_PROXY_INVALID_RESPONSE",
  "XKS_PROXY_INVALID_CONFIGURATION",
  "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION",
  "XKS_PROXY_TIMED_OUT",
  "XKS_PROXY_INVALID_TLS_CONFIGURATION"
] as const

/** Why a connection failed. */
export type ConnectionErrorCode = (typeof connectionErrorCodes)[number]

export const StoreRecord = Schema.Struct({
  account: Schema.String,
  region: Schema.String,
  /** `cks-` and 17 hexadecimal digits. */
  id: Schema.String,
  /** Unique in its account and Region. */
  name: Schema.String,
  /** Milliseconds since 1970. */
  created: integer({}),
  /** Of AWS's states those that last: connecting and disconnecting are over before the reply. */
  connection: oneOf(["CONNECTED", "DISCONNECTED", "FAILED"]),
  /** Present while the connection is FAILED. */
  failure: Schema.optionalKey(oneOf(connectionErrorCodes)),
  endpoint: Schema.String,
  path: Schema.String,
  accessKeyId: Schema.String,
  /** base64 of the secret access key in UTF-8, as `RootKey.wrap` gave it: `Credential.ts`. */
  wrappedSecret: Schema.String
})

/** What Keystead keeps of a custom key store. */
export type StoreRecord = typeof StoreRecord.Type

/** The prefix of the ids of an account's custom key stores in a Region. */
export const prefix = ({ account, region }: Place): string => `store/${account}/${region}/`

/** The id under which the custom key store is stored. */
export const recordId = (place: Place, id: string): string => prefix(place) + id

/** The id of the record that counts an account's custom key stores in a Region. Whoever changes one changes it too. */
export const countId = ({ account, region }: Place): string => `stores/${account}/${region}`

/** The prefix of the ids of the records that tell which external keys are in use in the custom key store. */
export const externalPrefix = ({ account, region }: Place, id: string): string => `external/${account}/${region}/${id}/`

/** Whether the text has the form of a custom key store's id. */
export const isStoreId = (text: string): boolean => /^cks-[0-9a-f]{17}$/.test(text)

/** Reads the records of custom key stores. */
export interface Readers {
  readonly stores: Reader<StoreRecord>
  readonly counts: Reader<number>
}

const known = new WeakMap<Records["reader"], Readers>()

/** Reads custom key stores, and how many there are. */
export const readersOf = (reader: Records["reader"]): Readers => {
  const made = known.get(reader) ?? { stores: reader(StoreRecord), counts: reader(integer({})) }
  known.set(reader, made)
  return made
}

/** The custom key store of this id. */
export const load = (reader: Records["reader"], place: Place, id: string) =>
  isStoreId(id) ? readersOf(reader).stores.read(recordId(place, id)) : Effect.undefined

/** All custom key stores of an account in a Region. */
export interface AllStores {
  readonly stores: ReadonlyArray<Loaded<StoreRecord>>
  /** The record that counts them. */
  readonly count: Loaded<number> | undefined
}

/** All custom key stores of the place: a quota keeps them few. */
export const loadAll = Effect.fnUntraced(function*(reader: Records["reader"], place: Place) {
  const { counts, stores } = readersOf(reader)
  // The count first: a store that comes into being afterwards shows as a conflict.
  const count = yield* counts.read(countId(place))
  const scanned = count === undefined ? [] : yield* stores.scan(prefix(place), undefined, Math.max(1, count.content))
  const all: AllStores = {
    count,
    stores: yield* Effect.forEach(scanned, (one) => "_tag" in one ? Effect.fail(one) : Effect.succeed(one))
  }
  return all
})
