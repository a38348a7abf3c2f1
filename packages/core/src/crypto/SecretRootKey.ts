/** A root key out of secret bytes, however the host came by them. */
import * as Effect from "effect/Effect"
import { RootKeyError } from "../Errors.ts"
import { Crypto } from "./Crypto.ts"
import * as DerivedRootKey from "./DerivedRootKey.ts"
import type { RootKeySource } from "./RootKeyRecord.ts"

/** The root key of 32 bytes. The bytes are overwritten, whatever comes in between. */
export const rootKeyOf = (secret: Uint8Array) =>
  Effect.ensuring(
    DerivedRootKey.make(secret),
    Effect.sync(() => secret.fill(0))
  )

/** The root key of a store from 32 bytes that the host keeps; RootKeyError if they are more or fewer. */
export const fromBytes = (bytes: Uint8Array): RootKeySource<RootKeyError, Crypto> => {
  const obtain = Effect.suspend(() =>
    bytes.length === DerivedRootKey.rootKeyLength
      ? rootKeyOf(bytes.slice())
      : Effect.fail(
        new RootKeyError({
          reason: "Unreadable",
          message: `A root key has ${DerivedRootKey.rootKeyLength} bytes, not ${bytes.length}.`
        })
      )
  )
  return {
    create: Effect.map(obtain, (rootKey) => ({ rootKey, parameters: { source: "host" } })),
    obtain: () => obtain
  }
}

/** A root key of random bytes that nobody keeps: for a store that ends with the program. */
export const ephemeral: RootKeySource<RootKeyError, Crypto> = {
  create: Effect.gen(function*() {
    const { randomBytes } = yield* Crypto
    const rootKey = yield* rootKeyOf(yield* randomBytes(DerivedRootKey.rootKeyLength))
    return { rootKey, parameters: { source: "host" } }
  }),
  obtain: () =>
    Effect.fail(
      new RootKeyError({
        reason: "Missing",
        message: "Say what the store's root key is: it is not kept with the store."
      })
    )
}
