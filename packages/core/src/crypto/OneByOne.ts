/** AES-GCM over several, for layers that do one thing after the other. */
import * as Effect from "effect/Effect"
import { type AesGcm, NotAuthentic, type Sealed } from "./Crypto.ts"

/**
 * @param seal - throws for what is a mistake in the program
 * @param open - undefined for what is not authentic
 */
export const oneByOne = (
  seal: (nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) => Sealed,
  open: (nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array) => Uint8Array | undefined
): Pick<AesGcm, "sealEach" | "openEach" | "open" | "sealDetached"> => ({
  sealDetached: (nonce, aad, plaintext) => Effect.sync(() => seal(nonce, aad, plaintext)),
  sealEach: (all) => Effect.sync(() => Array.from(all, ({ aad, nonce, plaintext }) => seal(nonce, aad, plaintext))),
  open: (nonce, aad, sealed) =>
    Effect.suspend(() => {
      const plaintext = open(nonce, aad, sealed)
      return plaintext === undefined ? Effect.fail(new NotAuthentic()) : Effect.succeed(plaintext)
    }),
  openEach: (all) =>
    Effect.suspend(() => {
      const opened: Array<Uint8Array> = []
      for (const { aad, nonce, sealed } of all) {
        const plaintext = open(nonce, aad, sealed)
        if (plaintext === undefined) return Effect.fail(new NotAuthentic())
        opened.push(plaintext)
      }
      return Effect.succeed(opened)
    })
})
