/**
 * The algorithm suites of the AWS Encryption SDK that Keystead reads and writes. Source: its specification,
 * framework/algorithm-suites.md and client-apis/key-derivation.md.
 */
import * as Utf8 from "../Utf8.ts"

/** A suite with AES-256-GCM, keys derived with HKDF-SHA-512, and key commitment. */
export interface AlgorithmSuite {
  readonly id: number
  readonly name: string
  /** The version of the message format that the suite goes with. */
  readonly version: number
  /** Bytes of the message id, which is the salt of the derivations. */
  readonly messageIdLength: number
  /** Bytes of a data key. */
  readonly dataKeyLength: number
  /** HKDF's info for the key that encrypts the message: the suite's id, then a label. */
  readonly keyInfo: Uint8Array
  /** HKDF's info for the key commitment, which the header holds as the algorithm suite data. */
  readonly commitmentInfo: Uint8Array
  /** Bytes of each of the two. */
  readonly derivedLength: number
}

const committing = (id: number, name: string): AlgorithmSuite => ({
  id,
  name,
  version: 2,
  messageIdLength: 32,
  dataKeyLength: 32,
  keyInfo: Uint8Array.of(id >> 8, id & 0xff, ...Utf8.encode("DERIVEKEY")),
  commitmentInfo: Utf8.encode("COMMITKEY"),
  derivedLength: 32
})

/** AES-256-GCM, HKDF-SHA-512, key commitment, no signature: what Keystead writes. */
export const committingAes256 = committing(0x0478, "ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY")

/** The suites by their id. */
export const suites: ReadonlyMap<number, AlgorithmSuite> = new Map(
  [committingAes256].map((suite) => [suite.id, suite])
)
