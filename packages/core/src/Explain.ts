/**
 * For administrators: why a call is allowed or not. It is a service of its own, so that who may use keys is not told by
 * it what the policies say of others, and so that a program without it does not carry it.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Crypto } from "./crypto/Crypto.ts"
import * as KeyMaterials from "./crypto/KeyMaterials.ts"
import { Recipients } from "./crypto/Recipients.ts"
import { during, RootKey } from "./crypto/RootKey.ts"
import { defaultLimits } from "./domain/Limits.ts"
import { accountOf } from "./domain/Principal.ts"
import * as Carried from "./groups/Carried.ts"
import { explain, type Explanation } from "./interpreter/Explain.ts"
import { managedKeys } from "./interpreter/ManagedKeys.ts"
import * as Records from "./interpreter/Records.ts"
import type { Options, Session } from "./Kms.ts"
import type { InputOf, LoadError, Operation } from "./operations/Operation.ts"
import type { Storage } from "./storage/Storage.ts"

export class Explain extends Context.Service<Explain, {
  /**
   * Goes through the call up to its permissions, changes nothing, writes no audit event, and answers with what decides on
   * each permission and how every statement that speaks of it stands to the request. Only a store that does not work fails it.
   */
  readonly explain: <Op extends Operation>(
    operation: Op,
    input: InputOf<Op>,
    session: Session
  ) => Effect.Effect<Explanation, LoadError>
}>()("@keystead/core/Explain") {}

/** What an explanation must know of the Keystead whose calls it explains. Grants count where a group brings them. */
export type ExplainOptions = Partial<Pick<Options, "groups" | "limits" | "grantDelay">>

/** Explanations over the store of a Keystead, which has the same quotas and grants. */
export const layer = (
  options: ExplainOptions = {}
): Layer.Layer<Explain, never, Storage | Crypto | RootKey> =>
  Layer.effect(Explain, make(options)).pipe(Layer.provide(KeyMaterials.layer()))

const make = Effect.fnUntraced(function*(options: ExplainOptions) {
  const limits = { ...defaultLimits, ...options.limits }
  const crypto = yield* Crypto
  const rootKey = yield* RootKey
  const services = Context.make(Crypto, crypto).pipe(
    Context.add(KeyMaterials.KeyMaterials, yield* KeyMaterials.KeyMaterials),
    Context.add(RootKey, rootKey),
    // Nothing is decided here, and so nothing is asked of what is carried.
    Context.add(Carried.Carried, Carried.of([], []))
  )
  const parts = {
    records: yield* Records.make,
    attest: yield* Recipients,
    crypto,
    services,
    managedKeys,
    regions: undefined,
    ...Carried.grantsOf(options)
  }
  return Explain.of({
    explain: (operation, input, { caller, region }) =>
      during(rootKey)(Effect.flatMap(Clock.currentTimeMillis, (millis) => {
        const account = accountOf(caller.principal) ?? ""
        return explain(
          parts,
          operation,
          { caller, account, region, requestId: "", now: Math.floor(millis), limits },
          input
        )
      }))
  })
})
