/** An external key manager inside the program, which does the same each time: what stands behind a trace's custom key stores. */
import { concat } from "@keystead/core/Bytes"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import {
  KeyStoreFailure,
  type KeyStoreFailureReason,
  type Provider
} from "@keystead/core/custom-stores/KeyStoreProvider"
import * as Utf8 from "@keystead/core/Utf8"
import * as Effect from "effect/Effect"
import type { Dice } from "./Dice.ts"

const tagLength = 16

/** Ways in which it fails now and then. */
const reasons: readonly [KeyStoreFailureReason, ...ReadonlyArray<KeyStoreFailureReason>] = [
  "Unreachable",
  "TimedOut",
  "Throttled",
  "AuthenticationFailed",
  "AccessDenied",
  "InvalidResponse",
  "KeyNotFound",
  "KeyDisabled",
  "Internal"
]

/** A key manager that has every key whose id does not begin with `missing`, and fails now and then. */
export const make = (crypto: Crypto["Service"], dice: Dice): Provider => {
  const fail = (reason: KeyStoreFailureReason) => Effect.fail(new KeyStoreFailure({ reason }))
  const ask = <A>(answer: Effect.Effect<A, KeyStoreFailure>) =>
    Effect.suspend(() => dice.often(6) ? fail(dice.pick(reasons)) : answer)
  const under = (keyId: string) => Effect.flatMap(crypto.sha256(Utf8.encode(keyId)), crypto.aesGcm)
  return {
    health: () => ask(Effect.void),
    describeKey: (_connection, keyId) =>
      ask(
        keyId.startsWith("missing")
          ? fail("KeyNotFound")
          : Effect.succeed({ spec: "AES_256", usages: ["ENCRYPT", "DECRYPT"], enabled: !keyId.startsWith("disabled") })
      ),
    encrypt: (_connection, keyId, plaintext, aad) =>
      ask(Effect.gen(function*() {
        const iv = dice.bytes(12)
        const sealed = yield* (yield* under(keyId)).seal(iv, aad, plaintext)
        const ciphertext = sealed.slice(0, -tagLength)
        return { ciphertext, iv, tag: sealed.slice(-tagLength), metadata: new Uint8Array(0) }
      })),
    decrypt: (_connection, keyId, { ciphertext, iv, tag }, aad) =>
      ask(Effect.gen(function*() {
        const aes = yield* under(keyId)
        const opened = aes.open(iv, aad, concat([ciphertext, tag]))
        return yield* Effect.mapError(opened, () => new KeyStoreFailure({ reason: "InvalidCiphertext" }))
      }))
  }
}
