/** Keystead's own envelopes, with data keys that any client gets. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as Envelope from "@keystead/core/envelope/Envelope"
import * as KmsDataKeys from "@keystead/core/envelope/KmsDataKeys"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"
import type { Envelopes } from "../support/Client.ts"

const call = <A>(promise: () => Promise<A>) => Effect.tryPromise({ try: promise, catch: (error) => error })

const run = <A, E>(effect: Effect.Effect<A, E, Crypto>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, NodeCrypto.layer))

export const ownEnvelopes: Envelopes = {
  seal: (caller, keyId, plaintext, encryptionContext) => {
    const generateDataKey = (input: Parameters<KmsDataKeys.GeneratesDataKeys<unknown, never>["generateDataKey"]>[0]) =>
      call(() => caller.call("GenerateDataKey", input))
    return run(Envelope.seal(plaintext, { dataKeys: KmsDataKeys.under({ generateDataKey }, keyId), encryptionContext }))
  },
  open: async (caller, message) => {
    const dataKeys = KmsDataKeys.any({ decrypt: (input) => call(() => caller.call("Decrypt", input)) })
    return (await run(Envelope.open(message, { dataKeys }))).plaintext
  }
}
