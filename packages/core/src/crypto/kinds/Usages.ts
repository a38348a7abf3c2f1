/** What keys of each spec may be for, apart from what stands behind them: that is loaded when it is first used. */
import type { Algorithms, SigningAlgorithm } from "../../domain/Specs.ts"

const nist = (algorithm: SigningAlgorithm): Algorithms => ({ SIGN_VERIFY: [algorithm], KEY_AGREEMENT: ["ECDH"] })

/** Those of `Elliptic.ts`. */
export const ellipticUsages = {
  ECC_NIST_P256: nist("ECDSA_SHA_256"),
  ECC_NIST_P384: nist("ECDSA_SHA_384"),
  ECC_NIST_P521: nist("ECDSA_SHA_512"),
  ECC_SECG_P256K1: { SIGN_VERIFY: ["ECDSA_SHA_256"] }
} as const satisfies Readonly<Record<string, Algorithms>>

/** Those of `Edwards.ts`. */
export const edwardsUsages = {
  ECC_NIST_EDWARDS25519: { SIGN_VERIFY: ["ED25519_SHA_512", "ED25519_PH_SHA_512"] }
} as const satisfies Readonly<Record<string, Algorithms>>

const mlDsa: Algorithms = { SIGN_VERIFY: ["ML_DSA_SHAKE_256"] }

/** Those of `MlDsa.ts`. */
export const mlDsaUsages = { ML_DSA_44: mlDsa, ML_DSA_65: mlDsa, ML_DSA_87: mlDsa } as const

const mlKem: Algorithms = { ENCAPSULATE_DECAPSULATE: ["ML_KEM"] }

/** Those of `MlKem.ts`. */
export const mlKemUsages = { ML_KEM_512: mlKem, ML_KEM_768: mlKem, ML_KEM_1024: mlKem } as const
