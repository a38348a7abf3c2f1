/**
 * The root key out of a passphrase: Argon2id (RFC 9106), with its second recommended option (64 MiB, 3 passes, 4 lanes).
 * Salt and costs are kept in the store, so that they can grow one day.
 */
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import type { RootKeySource } from "@keystead/core/crypto/RootKeyRecord"
import { RootKeyError } from "@keystead/core/Errors"
import type { Json } from "@keystead/core/storage/Storage"
import { argon2idAsync } from "@noble/hashes/argon2.js"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as crypto from "node:crypto"
import { rootKeyOf } from "./SecretRootKey.ts"

const Parameters = Schema.Struct({
  source: Schema.Literal("passphrase"),
  algorithm: Schema.Literal("argon2id"),
  /** base64, 16 bytes. */
  salt: Schema.String,
  /** KiB; at most 4 GiB, so that a changed store cannot ask for more. */
  memory: Schema.Int.check(Schema.isBetween({ minimum: 8, maximum: 4 * 1024 * 1024 })),
  passes: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 64 })),
  lanes: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 64 }))
})
type Parameters = typeof Parameters.Type

const recommended = { memory: 64 * 1024, passes: 3, lanes: 4 }
const saltLength = 16

/** Node's own Argon2id where it has it (from 24.7), noble's otherwise: the same bytes. */
const derive = (passphrase: string, { lanes, memory, passes, salt }: Parameters): Promise<Uint8Array> => {
  const message = Buffer.from(passphrase.normalize("NFC"), "utf8")
  const nonce = Buffer.from(salt, "base64")
  const tagLength = DerivedRootKey.rootKeyLength
  if (typeof crypto.argon2 !== "function") {
    return argon2idAsync(message, nonce, { t: passes, m: memory, p: lanes, dkLen: tagLength })
  }
  return new Promise((resolve, reject) => {
    crypto.argon2("argon2id", { message, nonce, parallelism: lanes, tagLength, memory, passes }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

const decode = Schema.decodeUnknownEffect(Parameters)

const unreadable = () =>
  new RootKeyError({
    reason: "Wrong",
    message: "The store was not made with a passphrase. Open it with the root key that it was made with."
  })

/** The root key of a store from a passphrase, of any length but none. The same text in another normal form is the same. */
export const fromPassphrase = (passphrase: string): RootKeySource<RootKeyError> => {
  const obtain = Effect.fnUntraced(function*(kept: Json) {
    const parameters = yield* Effect.mapError(decode(kept), unreadable)
    return yield* rootKeyOf(yield* Effect.promise(() => derive(passphrase, parameters)))
  })
  return {
    create: Effect.suspend(() => {
      if (passphrase === "") {
        return Effect.fail(new RootKeyError({ reason: "Unreadable", message: "An empty passphrase protects nothing." }))
      }
      const parameters: Parameters = {
        source: "passphrase",
        algorithm: "argon2id",
        salt: crypto.randomBytes(saltLength).toString("base64"),
        ...recommended
      }
      return Effect.map(obtain(parameters), (rootKey) => ({ rootKey, parameters }))
    }),
    obtain
  }
}
