/** The root key out of a secret binding: base64 of 32 bytes. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import type { RootKeyUses } from "@keystead/core/crypto/RootKey"
import type { RootKeySource } from "@keystead/core/crypto/RootKeyRecord"
import { RootKeyError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"

const howTo = "Set it with: openssl rand -base64 32 | npx wrangler secret put KEYSTEAD_ROOT_KEY"

const missing = () =>
  new RootKeyError({ reason: "Missing", message: `The Worker has no secret KEYSTEAD_ROOT_KEY. ${howTo}` })

const malformed = () =>
  new RootKeyError({
    reason: "Unreadable",
    message:
      `The secret KEYSTEAD_ROOT_KEY is not base64 of ${DerivedRootKey.rootKeyLength} bytes. ${howTo}, unless the `
      + "store has records: then restore the secret that they were made with."
  })

/** The root key; RootKeyError, "Missing" or "Unreadable", if the secret is none. The bytes are overwritten. */
export const fromSecret = (secret: string | undefined): Effect.Effect<RootKeyUses, RootKeyError, Crypto> =>
  Effect.suspend(() => {
    if (typeof secret !== "string" || secret.trim() === "") return Effect.fail(missing())
    const bytes = Base64.decode(secret.trim())
    if (Result.isFailure(bytes) || bytes.success.length !== DerivedRootKey.rootKeyLength) {
      return Effect.fail(malformed())
    }
    return Effect.ensuring(DerivedRootKey.make(bytes.success), Effect.sync(() => bytes.success.fill(0)))
  })

/** What is kept of it in a store: where it came from. */
export const parameters = { source: "secret" }

/** The same as the source of a store's root key. */
export const source = (rootKey: RootKeyUses): RootKeySource<never> => ({
  create: Effect.succeed({ rootKey, parameters }),
  obtain: () => Effect.succeed(rootKey)
})
