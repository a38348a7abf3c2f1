/** Chooses the next call of a trace: an operation, who asks for it, and a request. */
import { Crypto } from "@keystead/core/crypto/Crypto"
import type { Operation } from "@keystead/core/operations/Operation"
import { operations, registry } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import { sessionOf } from "./Callers.ts"
import { type Asking, hints, shares } from "./Hints.ts"
import { plain, spoiled } from "./Plain.ts"
import { type Member, membersOf } from "./Shape.ts"
import * as Together from "./Together.ts"
import { type Ask, type Exchange, fits, type KnownKey, type Members, membersIn, type World } from "./World.ts"

/** How often each operation succeeded and failed. */
export type Counts = ReadonlyMap<string, { readonly succeeded: number; readonly failed: number }>

const rarest = (counts: Counts, which: "succeeded" | "failed"): Operation => {
  const countOf = ({ name }: Operation) => counts.get(name)?.[which] ?? 0
  return operations.reduce(
    (least, operation) => countOf(operation) < countOf(least) ? operation : least,
    registry.CreateKey
  )
}

/** So many keys are enough to choose from. */
const comfortable = 45

const isStaying = ({ metadata }: KnownKey): boolean => metadata["KeyState"] !== "PendingDeletion"

/** Those that seldom succeeded, or failed, come more often: so a new operation gets its share by itself. */
const nextOperation = ({ dice, keys }: World, counts: Counts): Operation => {
  if (dice.often(12)) {
    return keys.filter(isStaying).length < comfortable
      ? registry.CreateKey
      : registry.ScheduleKeyDeletion
  }
  if (dice.often(6)) return rarest(counts, "succeeded")
  if (dice.often(5)) return rarest(counts, "failed")
  return dice.maybe(operations) ?? registry.CreateKey
}

/** What a key must have for the members that the operation needs: its metadata lists algorithms for what it is for. */
const needs = (members: ReadonlyArray<Member>): (key: KnownKey) => boolean => {
  const lists = members.filter(({ name, optional }) => !optional && name.endsWith("Algorithm")).map(({ name }) =>
    `${name}s`
  )
  if (members.some(({ name }) => name === "EncryptionContext")) lists.push("EncryptionAlgorithms")
  const imports = members.some(({ name }) => /^(?:WrappingAlgorithm|ImportToken)$/.test(name))
  const region = members.find(({ name }) => /^(?:Replica|Primary)Region$/.test(name))?.name
  return ({ metadata }) => {
    if (imports) return metadata["Origin"] === "EXTERNAL"
    if (region === undefined) return lists.every((list) => Array.isArray(metadata[list]))
    const { MultiRegionKeyType, ReplicaKeys } = membersIn(metadata["MultiRegionConfiguration"])
    const replicas = Array.isArray(ReplicaKeys) ? ReplicaKeys.length : 0
    return MultiRegionKeyType === "PRIMARY" && (region === "ReplicaRegion" || replicas > 0)
  }
}

/** A key that the operation is likely to be carried out with; now and then any. None for one that is about no key. */
const subjectOf = (world: World, operation: Operation, members: ReadonlyArray<Member>) => {
  if (!members.some(({ name }) => /^(?:Target|Destination)?KeyId$/.test(name))) return undefined
  const { dice, keys } = world
  const anyKey = () => dice.maybe(keys)
  if (dice.often(12)) return anyKey()
  const learned = keys.filter((key) => fits(world, operation, key))
  if (learned.length > 0 && dice.often(70)) return dice.maybe(learned)
  const fit = keys.filter(needs(members))
  const enabled = fit.filter(({ metadata }) => metadata["KeyState"] === "Enabled")
  return dice.maybe(dice.often(80) ? enabled : fit) ?? anyKey()
}

const isGiven = (dice: World["dice"], { name, optional }: Member): boolean =>
  !optional || dice.often(shares[name] ?? 30)

const nameOf = ({ name }: Member): string => name

/** A request that may well be carried out. */
const request = Effect.fnUntraced(function*(
  asking: Asking,
  members: ReadonlyArray<Member>,
  exchange: Exchange | undefined
) {
  const { dice } = asking
  const names = members.map(nameOf)
  const given: Record<string, unknown> = {}
  for (const member of members) {
    if (!isGiven(dice, member)) continue
    given[member.name] = hints[member.name]?.(asking) ?? plain(dice, member)
  }
  if (exchange !== undefined) Object.assign(given, Together.goingOn(exchange, names))
  Object.assign(given, Together.together(asking, names, exchange))
  if (exchange === undefined || !names.includes("EncryptedKeyMaterial")) return given
  const { outside } = asking.world
  return Object.assign(given, yield* Effect.provideService(Together.wrapped(asking, exchange), Crypto, outside))
})

/** Makes one member what it should not be, or gives it what would fit another request, or leaves it out. */
const spoil = (asking: Asking, members: ReadonlyArray<Member>, input: Members): Members => {
  const { dice, world } = asking
  const member = dice.maybe(members)
  if (member === undefined) return input
  const { name } = member
  const other = { ...asking, key: dice.maybe(world.keys) }
  const value = dice.often(40) ? hints[name]?.(other) : spoiled(dice, member, input[name])
  return { ...input, [name]: value }
}

/** Every so often a request is spoiled. */
const spoiling = 14

const defined = (input: Members): Members =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))

/** An alias that is there, for an operation that is about one. */
const aliasOf = ({ aliases, dice }: World, { name }: Operation, members: ReadonlyArray<Member>) =>
  members.some(({ name }) => name === "AliasName") && !name.startsWith("Create") && dice.often(85)
    ? dice.maybe(aliases)
    : undefined

const placeOf = (exchange: Exchange | undefined) =>
  exchange && { account: exchange.session.caller.principal.split(":")[4] ?? "", region: exchange.session.region }

/** The request for an operation. */
export const askFor = Effect.fnUntraced(function*(world: World, operation: Operation, now: number, about?: KnownKey) {
  const { dice } = world
  const members = membersOf(operation)
  const asking = { world, dice, operation, now, key: undefined }
  const exchange = Together.before(asking, members.map(nameOf))
  const alias = aliasOf(world, operation, members)
  const key = about ?? (exchange ?? alias ?? { key: subjectOf(world, operation, members) }).key
  const made = yield* request({ ...asking, key }, members, exchange)
  const input = alias === undefined ? made : { ...made, AliasName: alias.name }
  const ask: Ask = {
    operation,
    key,
    exchange,
    session: sessionOf(dice, key ?? placeOf(exchange)),
    input: defined(dice.often(spoiling) ? spoil(asking, members, input) : input)
  }
  return ask
})

/** The next call. */
export const next = (world: World, counts: Counts, now: number) => askFor(world, nextOperation(world, counts), now)
