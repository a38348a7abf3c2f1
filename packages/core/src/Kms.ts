/**
 * The interpreter: the only place where the parts meet. For each call it validates the input, loads the records, brings
 * them up to the present, asks authorization, asks the lifecycle table, lets the operation decide, commits, writes the
 * audit event, and replies.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { AuditSink } from "./audit/AuditSink.ts"
import { Crypto } from "./crypto/Crypto.ts"
import type { KeyKind } from "./crypto/KeyKind.ts"
import * as KeyMaterials from "./crypto/KeyMaterials.ts"
import { Recipients } from "./crypto/Recipients.ts"
import { during, RootKey } from "./crypto/RootKey.ts"
import type * as WipingCache from "./crypto/WipingCache.ts"
import type { Caller } from "./domain/Caller.ts"
import { defaultLimits, type Limits } from "./domain/Limits.ts"
import * as Principal from "./domain/Principal.ts"
import { uuid, uuidLength } from "./domain/Uuid.ts"
import { UnsupportedOperationException } from "./Errors.ts"
import * as Carried from "./groups/Carried.ts"
import type { Group } from "./groups/Group.ts"
import * as Call from "./interpreter/Call.ts"
import { LastUsages } from "./interpreter/LastUsages.ts"
import type { Parts } from "./interpreter/LoadKey.ts"
import { maintain, type Maintained } from "./interpreter/Maintain.ts"
import * as Records from "./interpreter/Records.ts"
import type { ErrorOf, InputOf, LoadError, Operation, OutputOf } from "./operations/Operation.ts"
import type { Storage } from "./storage/Storage.ts"

/** Who asks, and in which Region. */
export interface Session {
  readonly caller: Caller
  /** The Region that answers, such as `eu-west-1`. */
  readonly region: string
  /** The request's id in its audit event; one is made where none is given. */
  readonly requestId?: string
}

/** What a Keystead can be told beside its services. */
export interface Options {
  /** What it carries, such as `[symmetric, mac]`; `operations/Registry.ts` has them all. */
  readonly groups: ReadonlyArray<Group>
  /** The host's own ways with keys of some specs, in place of the groups' ways in pure JavaScript. */
  readonly kinds?: ReadonlyArray<KeyKind>
  /** Quotas other than AWS's. */
  readonly limits?: Partial<Limits>
  /**
   * For how many milliseconds a new grant allows nothing to who does not show its token, as on AWS, where it may be minutes
   * (eventual consistency). 0, if nothing is said: a grant counts at once.
   */
  readonly grantDelay?: number
  /** How much key material is kept unwrapped, and for how long. */
  readonly unwrapped?: WipingCache.Bounds
}

export class Kms extends Context.Service<Kms, {
  /** Carries out an operation. The input is checked, whatever its type says. */
  readonly execute: <Op extends Operation>(
    operation: Op,
    input: InputOf<Op>,
    session: Session
  ) => Effect.Effect<OutputOf<Op>, ErrorOf<Op>>
  /** The operation of this name, or UnsupportedOperationException if no group that is carried has it. */
  readonly named: (name: string) => Effect.Effect<Operation, UnsupportedOperationException>
  /** Persists what has fallen due. A runtime calls it now and then; no answer depends on when. */
  readonly maintain: Effect.Effect<Maintained, LoadError>
}>()("@keystead/core/Kms") {}

/** A Keystead over a store, a root key, primitives, and a place for audit events. */
export const layer = (options: Options): Layer.Layer<Kms, never, Storage | Crypto | RootKey | AuditSink> =>
  Layer.effect(Kms, make(options)).pipe(Layer.provide(KeyMaterials.layer(options.unwrapped)))

/** Some clocks know parts of a millisecond, which no record has room for. */
const wholeMillis = Effect.map(Clock.currentTimeMillis, Math.floor)

const named = (carried: Carried.Carried["Service"], name: string) => {
  const operation = carried.operation(name)
  return operation === undefined
    ? Effect.fail(new UnsupportedOperationException({ message: `The operation ${name} is not supported here.` }))
    : Effect.succeed(operation)
}

/** What calls are carried out with: the groups' parts, and the host's. */
const assemble = Effect.fnUntraced(function*(options: Options) {
  const crypto = yield* Crypto
  const rootKey = yield* RootKey
  const materials = yield* KeyMaterials.KeyMaterials
  const carried = Carried.of(options.groups, options.kinds ?? [])
  let services = Context.make(Crypto, crypto).pipe(
    Context.add(KeyMaterials.KeyMaterials, materials),
    Context.add(RootKey, rootKey),
    Context.add(Carried.Carried, carried)
  )
  for (const group of options.groups) {
    if (group.services !== undefined) services = Context.merge(services, yield* group.services)
  }
  const parts: Parts = {
    records: yield* Records.make,
    attest: yield* Recipients,
    crypto,
    services,
    managedKeys: Carried.broughtBy(options.groups, "managedKeys"),
    regions: carried.regions,
    ...Carried.grantsOf(options)
  }
  return { carried, materials, parts, during: during(rootKey) }
})

const make = Effect.fnUntraced(function*(options: Options) {
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const sink = yield* AuditSink
  const { carried, during, materials, parts } = yield* assemble(options)
  const { crypto, services } = parts
  const lastUsages = Context.get(services, LastUsages)
  // A store that fails fails no call whose event it is, and keeps nothing from being closed.
  const persist = during(Effect.catch(lastUsages.persist(parts), () => Effect.void))
  yield* Effect.addFinalizer(() => persist)

  const newRequestId = Effect.map(crypto.randomBytes(uuidLength), uuid)

  function execute<Op extends Operation>(
    operation: Op,
    input: InputOf<Op>,
    session: Session
  ): Effect.Effect<OutputOf<Op>, ErrorOf<Op>>
  function execute(
    operation: Operation,
    input: unknown,
    { caller, region, requestId }: Session
  ): Effect.Effect<unknown, unknown> {
    return Effect.flatMap(
      requestId === undefined ? newRequestId : Effect.succeed(requestId),
      (requestId) =>
        Effect.flatMap(wholeMillis, (now) => {
          const account = Principal.parse(caller.principal)?.account ?? ""
          const call = Call.begin(operation, { caller, account, region, requestId, now, limits })
          return Effect.onExit(
            during(Effect.provideContext(Effect.suspend(() => Call.run(parts, call, input)), services)),
            (exit) => {
              const emitted = sink.emit(Call.event(call, Exit.isFailure(exit) ? exit.cause : undefined))
              const full = Exit.isSuccess(exit) && lastUsages.note(call)
              return full ? Effect.andThen(emitted, persist) : emitted
            }
          )
        })
    )
  }

  return Kms.of({
    execute,
    named: (name) => named(carried, name),
    maintain: Effect.andThen(
      materials.expire,
      during(Effect.andThen(lastUsages.persist(parts), Effect.flatMap(wholeMillis, (now) => maintain(parts, now))))
    )
  })
})
