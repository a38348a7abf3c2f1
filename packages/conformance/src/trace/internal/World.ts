/** What a trace knows of what its calls made, so that later calls can be about it. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { Session } from "@keystead/core/Kms"
import { keyStates } from "@keystead/core/lifecycle/KeyState"
import type { Operation } from "@keystead/core/operations/Operation"
import type { Dice } from "./Dice.ts"

/** Members by their names, of a request or a reply. */
export type Members = Readonly<Record<string, unknown>>

/** A KMS key, as a reply told of it last. */
export interface KnownKey {
  readonly arn: string
  readonly id: string
  readonly account: string
  readonly region: string
  metadata: Members
}

/** An alias, and the key that it was made for. */
export interface KnownAlias {
  readonly name: string
  readonly key: KnownKey
}

/** A call that succeeded. */
export interface Exchange {
  readonly operation: string
  readonly session: Session
  /** The key that it was about. */
  readonly key: KnownKey | undefined
  readonly input: Members
  readonly reply: Members
}

/** What a trace knows. */
export interface World {
  readonly dice: Dice
  /** What those who import key material make it with. */
  readonly outside: Crypto["Service"]
  readonly keys: Array<KnownKey>
  /** Aliases that may be there. */
  readonly aliases: Array<KnownAlias>
  /** The last exchanges whose replies had the member. */
  readonly held: Map<string, Array<Exchange>>
  /** By the operation and the class of a key: how much more often it succeeded than it did not. */
  readonly fitting: Map<string, number>
  /** Key material that was imported, by the key's ARN. */
  readonly materials: Map<string, Array<Uint8Array>>
}

/** A call that is to be made. */
export interface Ask {
  readonly operation: Operation
  readonly session: Session
  readonly key: KnownKey | undefined
  /** The earlier call that it goes on from. */
  readonly exchange: Exchange | undefined
  readonly input: Members
}

/** A world in which nothing has happened. */
export const make = (dice: Dice, outside: Crypto["Service"]): World => ({
  dice,
  outside,
  keys: [],
  aliases: [],
  held: new Map(),
  fitting: new Map(),
  materials: new Map()
})

/** So many keys are known, and so many exchanges of each kind. */
const most = { keys: 160, aliases: 30, held: 30 }

/** Adds to what is known, and forgets one of the others where there are too many. */
const remember = <Item>(dice: Dice, items: Array<Item>, item: Item, capacity: number): void => {
  if (items.length >= capacity) items.splice(dice.below(items.length), 1)
  items.push(item)
}

/** The members of what may be an object. */
export const membersIn = (value: unknown): Members =>
  typeof value === "object" && value !== null ? Object.fromEntries<unknown>(Object.entries(value)) : {}

/** What the kind of key is, and its state: keys of one class are treated alike. */
export const classOf = ({ metadata }: KnownKey): string =>
  ["KeySpec", "KeyUsage", "Origin", "KeyState"].map((name) => String(metadata[name]))
    .concat(String(membersIn(metadata["MultiRegionConfiguration"])["MultiRegionKeyType"])).join(" ")

const learnKey = ({ dice, keys }: World, metadata: Members): void => {
  const { AWSAccountId, Arn, KeyId } = metadata
  if (typeof Arn !== "string") return
  const known = keys.find(({ arn }) => arn === Arn)
  if (known !== undefined) known.metadata = metadata
  else {
    const key = {
      arn: Arn,
      id: String(KeyId),
      account: String(AWSAccountId),
      region: Arn.split(":")[3] ?? "",
      metadata
    }
    remember(dice, keys, key, most.keys)
  }
}

const placeIn = ({ name }: Operation, key: KnownKey): string => `${name} ${classOf(key)}`

const mostRated = 6

/** Takes note of how well the operation went with such a key. */
const rate = ({ fitting }: World, operation: Operation, key: KnownKey, by: number): void => {
  const place = placeIn(operation, key)
  fitting.set(place, Math.max(-mostRated, Math.min(mostRated, (fitting.get(place) ?? 0) + by)))
}

/** Whether the operation went well with keys of such a class. */
export const fits = ({ fitting }: World, operation: Operation, key: KnownKey): boolean =>
  (fitting.get(placeIn(operation, key)) ?? 0) > 0

const states: ReadonlyArray<unknown> = keyStates

const placeOf = ({ caller, region }: Session): string => `${region} ${caller.principal.split(":")[4]}`

const samePlace = (left: Session, right: Session): boolean => placeOf(left) === placeOf(right)

/** Whether what the exchange made is not there any more. */
const isLost = ({ session }: Ask, { reply, session: before }: Exchange, error: string, message: string): boolean =>
  samePlace(session, before) && (error === "CustomKeyStoreNotFoundException"
    ? message.includes(`'${String(reply["CustomKeyStoreId"])}'`)
    : /^(?:NotFound|InvalidGrantId|ExpiredImportToken)Exception$/.test(error))

const drop = ({ held }: World, isDropped: (exchange: Exchange) => boolean): void => {
  for (const [member, all] of held) held.set(member, all.filter((exchange) => !isDropped(exchange)))
}

/** Takes note of a call that succeeded. */
export const learn = (
  world: World,
  { exchange: before, input, key, operation, session }: Ask,
  reply: Members
): void => {
  const exchange = { operation: operation.name, session, key, input, reply }
  const { dice, held } = world
  if (key !== undefined) {
    rate(world, operation, key, 2)
    if (states.includes(reply["KeyState"])) key.metadata = { ...key.metadata, KeyState: reply["KeyState"] }
  }
  for (const member of ["KeyMetadata", "ReplicaKeyMetadata"]) learnKey(world, membersIn(reply[member]))
  const { MultiRegionConfiguration: replicated } = membersIn(reply["ReplicaKeyMetadata"])
  if (key !== undefined && replicated !== undefined) {
    const MultiRegionConfiguration = { ...membersIn(replicated), MultiRegionKeyType: "PRIMARY" }
    key.metadata = { ...key.metadata, MultiRegionConfiguration }
  }
  const { AliasName } = input
  if (typeof AliasName === "string" && key !== undefined && operation.name.startsWith("Create")) {
    remember(dice, world.aliases, { name: AliasName, key }, most.aliases)
  }
  if (before !== undefined && /^(?:Delete|Retire|Revoke)/.test(operation.name)) drop(world, (one) => one === before)
  for (const member of Object.keys(reply)) {
    const exchanges = held.get(member) ?? []
    held.set(member, exchanges)
    remember(dice, exchanges, exchange, most.held)
  }
}

/** Forgets what is not there any more, as a refusal says. */
export const unlearn = (world: World, ask: Ask, error: string, message: string): void => {
  const { exchange, key, operation } = ask
  if (key !== undefined && /^(?:KMSInvalidState|Disabled|UnsupportedOperation|InvalidKeyUsage)/.test(error)) {
    rate(world, operation, key, -1)
  }
  const { aliases, dice, keys } = world
  const gone = key !== undefined && message === `Key '${key.arn}' does not exist`
  if (gone) keys.splice(keys.indexOf(key) >>> 0, 1)
  // What leads nowhere is not tried for ever.
  const useless = exchange !== undefined &&
    ((exchange.key !== undefined && dice.often(12)) || isLost(ask, exchange, error, message))
  if (gone || useless) drop(world, (one) => (useless && one === exchange) || (gone && one.key === key))
  const at = aliases.findIndex(({ key, name }) => message.includes(`:${key.region}:${key.account}:${name} is not`))
  if (at >= 0) aliases.splice(at, 1)
}
