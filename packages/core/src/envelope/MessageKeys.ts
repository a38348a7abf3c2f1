/**
 * The keys of one message. Source: AWS Encryption SDK specification, client-apis/key-derivation.md: HKDF with SHA-512 of
 * the data key, salted with the message id, once for the key that encrypts and once for the commitment.
 */
import * as Effect from "effect/Effect"
import { type AesGcm, Crypto } from "../crypto/Crypto.ts"
import { hkdfPair } from "../crypto/HkdfPair.ts"
import type { AlgorithmSuite } from "./AlgorithmSuite.ts"
import { nonceLength } from "./Limits.ts"
import type { Secrets } from "./Secrets.ts"

/** What a data key becomes in one message. */
export interface MessageKeys {
  /** Encrypts the frames, and authenticates the header. */
  readonly cipher: AesGcm
  /** What the header commits to. */
  readonly commitment: Uint8Array
}

/** The nonce of the header's tag. Frames count from one, so none of them has it. */
export const headerNonce = new Uint8Array(nonceLength)

/** The header's plaintext: it has only additional data. */
export const nothing = new Uint8Array(0)

/** Derives the keys. The secrets keep the derived one, to overwrite it; the data key is the caller's to overwrite. */
export const derive = Effect.fnUntraced(
  function*(suite: AlgorithmSuite, dataKey: Uint8Array, messageId: Uint8Array, secrets: Secrets) {
    const infos = [suite.keyInfo, suite.commitmentInfo] as const
    const crypto = yield* Crypto
    const [key, commitment] = yield* hkdfPair(crypto, dataKey, messageId, infos, suite.derivedLength)
    secrets.add(key)
    const keys: MessageKeys = { cipher: yield* crypto.aesGcm(key), commitment }
    return keys
  }
)
