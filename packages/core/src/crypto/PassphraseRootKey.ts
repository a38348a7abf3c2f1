/**
 * The root key out of a passphrase: Argon2id (RFC 9106), with its second recommended option (64 MiB, 3 passes, 4 lanes).
 * Salt and costs are kept in the store, so that they can grow one day.
 */
import { argon2idAsync } from "@noble/hashes/argon2.js"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import { RootKeyError } from "../Errors.ts"
import type { Json } from "../storage/Storage.ts"
import * as Utf8 from "../Utf8.ts"
import { Crypto } from "./Crypto.ts"
import { rootKeyLength } from "./DerivedRootKey.ts"
import type { RootKeySource } from "./RootKeyRecord.ts"
import { rootKeyOf } from "./SecretRootKey.ts"

const saltLength = 16

const Parameters = Schema.Struct({
  source: Schema.Literal("passphrase"),
  algorithm: Schema.Literal("argon2id"),
  /** 16 bytes, in base64. */
  salt: Schema.Uint8ArrayFromBase64.check(Schema.makeFilter((salt) => salt.length === saltLength)),
  /** KiB; at most 4 GiB, so that a changed store cannot ask for more. */
  memory: Schema.Int.check(Schema.isBetween({ minimum: 8, maximum: 4 * 1024 * 1024 })),
  passes: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 64 })),
  lanes: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 64 }))
}).check(Schema.makeFilter(({ lanes, memory }) => memory >= 8 * lanes))

/** What Argon2id is to cost. */
export interface Costs {
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly lanes: number
}

/**
 * Argon2id (RFC 9106, version 0x13), without a secret or associated data: a tag of `length` bytes. What it rejects with is told
 * as a RootKeyError; one of its own says more.
 */
export type Argon2id = (message: Uint8Array, salt: Uint8Array, costs: Costs, length: number) => Promise<Uint8Array>

/** In JavaScript: about a second for the costs above, in which it lets others run. */
const nobleArgon2id: Argon2id = (message, salt, { lanes, memory, passes }, length) =>
  argon2idAsync(message, salt, { t: passes, m: memory, p: lanes, dkLen: length })

const recommended: Costs = { memory: 64 * 1024, passes: 3, lanes: 4 }

const decode = Schema.decodeUnknownEffect(Parameters)

const notPassphrase = () =>
  new RootKeyError({
    reason: "Wrong",
    message: "The store was not made with a passphrase. Open it with the root key that it was made with."
  })

const notComputed = ({ memory }: Costs, error: unknown) =>
  error instanceof RootKeyError ? error : new RootKeyError({
    reason: "Unreadable",
    message:
      `Argon2id cannot be computed here: it takes ${memory} KiB of memory. Close what else takes memory, and try again.`
  })

/**
 * The root key of a store from a passphrase, of any length but none. The same text in another normal form is the same.
 *
 * @param argon2id - the host's own, where it has a faster one than noble's: all give the same bytes
 */
export const fromPassphrase = (
  passphrase: string,
  argon2id: Argon2id = nobleArgon2id
): RootKeySource<RootKeyError, Crypto> => {
  const obtain = Effect.fnUntraced(function*(kept: Json) {
    const { salt, ...costs } = yield* Effect.mapError(decode(kept), notPassphrase)
    const message = Utf8.encode(passphrase.normalize("NFC"))
    const computing = Effect.tryPromise({
      try: () => argon2id(message, salt, costs, rootKeyLength),
      catch: (error) => notComputed(costs, error)
    })
    // Bytes that were handed over to a worker are gone, and have no length.
    const overwrite = Effect.sync(() => message.length > 0 && message.fill(0))
    return yield* rootKeyOf(yield* Effect.ensuring(computing, overwrite))
  })
  return {
    create: Effect.gen(function*() {
      if (passphrase === "") {
        return yield* new RootKeyError({ reason: "Unreadable", message: "An empty passphrase protects nothing." })
      }
      const { randomBytes } = yield* Crypto
      const salt = Base64.encode(yield* randomBytes(saltLength))
      const parameters = { source: "passphrase", algorithm: "argon2id", salt, ...recommended }
      return { rootKey: yield* obtain(parameters), parameters }
    }),
    obtain
  }
}
