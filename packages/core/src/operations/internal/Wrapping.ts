/**
 * How key material is wrapped on its way in: RSAES-OAEP with an empty label (RFC 8017, 7.1), by itself or around an
 * AES-256 key that wraps the material by AES-KWP (RFC 5649).
 *
 * Which way goes with which key: AWS KMS API, GetParametersForImport; kms-semantics 2.7.
 */
import * as Effect from "effect/Effect"
import { NotAuthentic } from "../../crypto/Crypto.ts"
import type { KeyKind, PreparedKey } from "../../crypto/KeyKind.ts"
import type { KeySpec } from "../../domain/Specs.ts"
import { InvalidCiphertextException } from "../../Errors.ts"

/** The algorithms in force; their places are their codes in import tokens. */
export const algorithms = [
  "RSAES_OAEP_SHA_1",
  "RSAES_OAEP_SHA_256",
  "RSA_AES_KEY_WRAP_SHA_1",
  "RSA_AES_KEY_WRAP_SHA_256"
] as const
/** The specs of wrapping keys; their places are their codes in import tokens. */
export const keySpecs = ["RSA_2048", "RSA_3072", "RSA_4096"] as const

/** How key material is wrapped, and with what kind of key. */
export interface Wrapping {
  readonly algorithm: (typeof algorithms)[number]
  readonly keySpec: (typeof keySpecs)[number]
}

const isHybrid = (algorithm: string): boolean => algorithm.startsWith("RSA_AES_")

/** The wrapping, if it is one in force that goes with keys of the spec; what is wrong with it, if not. */
export const wrappingFor = (keySpec: KeySpec, wantedAlgorithm: string, wantedKeySpec: string): Wrapping | string => {
  const algorithm = algorithms.find((name) => name === wantedAlgorithm)
  const wrappingKeySpec = keySpecs.find((name) => name === wantedKeySpec)
  if (algorithm === undefined) {
    return `WrappingAlgorithm ${wantedAlgorithm} is not supported: give one of ${algorithms.join(", ")}.`
  }
  if (wrappingKeySpec === undefined) {
    return `WrappingKeySpec ${wantedKeySpec} is not supported: give one of ${keySpecs.join(", ")}.`
  }
  const fits = isHybrid(algorithm)
    ? keySpec.startsWith("RSA_") || keySpec.startsWith("ECC_")
    : !keySpec.startsWith("RSA_") && !(keySpec === "ECC_NIST_P521" && wrappingKeySpec === "RSA_2048")
  return fits
    ? { algorithm, keySpec: wrappingKeySpec }
    : `${algorithm} with a key of spec ${wrappingKeySpec} cannot wrap key material of spec ${keySpec}.`
}

const overwrite = (secret: Uint8Array) => Effect.sync(() => secret.fill(0))

const aesKeyLength = 32

const aes = Effect.promise(() => import("./AesKwp.ts"))

/** AES-KWP under an AES-256 key. */
const unwrapUnder = (key: Uint8Array, wrapped: Uint8Array) =>
  Effect.flatMap(aes, ({ aeskwp }) =>
    Effect.try({
      try: () => {
        if (key.length !== aesKeyLength) throw new NotAuthentic()
        return aeskwp(key).decrypt(wrapped)
      },
      catch: () => new NotAuthentic()
    }))

const unwrapWith = ({ decrypt }: PreparedKey, { algorithm, keySpec }: Wrapping, wrapped: Uint8Array) => {
  if (decrypt === undefined) return Effect.die(new TypeError(`Keys of spec ${keySpec} do not decrypt`))
  if (!isHybrid(algorithm)) return decrypt(algorithm, wrapped)
  const length = Number(keySpec.slice("RSA_".length)) / 8
  return Effect.acquireUseRelease(
    decrypt(algorithm.replace("RSA_AES_KEY_WRAP", "RSAES_OAEP"), wrapped.subarray(0, length)),
    (key) => unwrapUnder(key, wrapped.subarray(length)),
    overwrite
  )
}

/**
 * Key material out of its wrapping, which whoever asked for it overwrites; InvalidCiphertextException, without a word
 * more, if it was not wrapped so with this key.
 *
 * @param secret - the wrapping key, PKCS#8 in DER
 */
export const unwrap = (kind: KeyKind, secret: Uint8Array, wrapping: Wrapping, wrapped: Uint8Array) =>
  Effect.acquireUseRelease(
    kind.prepare(secret),
    (prepared) => Effect.mapError(unwrapWith(prepared, wrapping, wrapped), () => new InvalidCiphertextException()),
    (prepared) => Effect.sync(prepared.wipe)
  )
