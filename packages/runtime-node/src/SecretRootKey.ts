/** A root key out of secret bytes, however the host came by them. */
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Effect from "effect/Effect"
import * as NodeCrypto from "./NodeCrypto.ts"

/** The root key of 32 bytes, by the host's own primitives. The bytes are overwritten, whatever comes in between. */
export const rootKeyOf = (secret: Uint8Array) =>
  Effect.ensuring(
    Effect.provide(DerivedRootKey.make(secret), NodeCrypto.layer),
    Effect.sync(() => secret.fill(0))
  )
