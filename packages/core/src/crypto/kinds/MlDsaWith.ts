/**
 * ML-DSA keys (FIPS 204), with the empty context, as AWS signs.
 *
 * ML_DSA_SHAKE_256 signs the message (RAW), or the 64 bytes μ that were made of public key and message elsewhere
 * (EXTERNAL_MU: FIPS 204, algorithm 7, line 6). Both give the same signatures. Signing is hedged (3.4), by 32 bytes of
 * the Crypto service.
 */
import type { DSA } from "@noble/post-quantum/ml-dsa.js"
import * as Effect from "effect/Effect"
import { Crypto } from "../Crypto.ts"
import type { Signed, SigningKind } from "../KeyKind.ts"
import * as SeedKey from "./SeedKey.ts"
import { mlDsaUsages } from "./Usages.ts"

/** NIST's arc for signature algorithms (RFC 9881, section 2). */
const signatures = 3

const seedLength = 32
const randomLength = 32

const sign = (dsa: DSA, secretKey: Uint8Array, { message, messageType }: Signed, extraEntropy: Uint8Array) =>
  messageType === "EXTERNAL_MU"
    ? dsa.internal.sign(message, secretKey, { extraEntropy, externalMu: true })
    : dsa.sign(message, secretKey, { extraEntropy })

const prepare = (dsa: DSA, secretKey: Uint8Array) => ({
  sign: (signed: Signed) =>
    Effect.map(Crypto.use((crypto) => crypto.randomBytes(randomLength)), (random) => {
      const signature = sign(dsa, secretKey, signed, random)
      random.fill(0)
      return signature
    }),
  wipe: () => void secretKey.fill(0)
})

const verify = (dsa: DSA, publicKey: Uint8Array, { message, messageType }: Signed, signature: Uint8Array): boolean =>
  messageType === "EXTERNAL_MU"
    ? dsa.internal.verify(signature, message, publicKey, { externalMu: true })
    : dsa.verify(signature, message, publicKey)

const make = (keySpec: keyof typeof mlDsaUsages, dsa: DSA, member: number): SigningKind => {
  const { expand, generate, publicKeyOf, read } = SeedKey.make([signatures, member], seedLength, dsa.keygen)
  return {
    keySpec,
    usages: mlDsaUsages[keySpec],
    generate,
    read,
    prepare: (bytes) => Effect.sync(() => prepare(dsa, expand(bytes).secretKey)),
    verify: (publicKey, signed, signature) => Effect.sync(() => verify(dsa, publicKeyOf(publicKey), signed, signature))
  }
}

/** The algorithms, by noble. */
export type Dsas = Readonly<Record<"ml_dsa44" | "ml_dsa65" | "ml_dsa87", DSA>>

/** ML_DSA_44, ML_DSA_65 and ML_DSA_87. */
export const mlDsaKindsWith = ({ ml_dsa44, ml_dsa65, ml_dsa87 }: Dsas): ReadonlyArray<SigningKind> => [
  make("ML_DSA_44", ml_dsa44, 17),
  make("ML_DSA_65", ml_dsa65, 18),
  make("ML_DSA_87", ml_dsa87, 19)
]
