/** Key specs and usages, in words, and which go together. */
import type { KeySpec, KeyUsage } from "@keystead/core/domain/Specs"

const usages: Readonly<Record<KeyUsage, string>> = {
  ENCRYPT_DECRYPT: "Encrypt and decrypt",
  SIGN_VERIFY: "Sign and verify",
  GENERATE_VERIFY_MAC: "Message authentication",
  KEY_AGREEMENT: "Key agreement",
  ENCAPSULATE_DECAPSULATE: "Key encapsulation"
}

/** What a key is for, in words. */
export const usageText = (usage: KeyUsage | undefined): string => usage === undefined ? "" : usages[usage]

/** Which specs there are for a usage, the usual one first. RSA is made by the host where it can be. */
export const specsFor: Readonly<Record<KeyUsage, ReadonlyArray<KeySpec>>> = {
  ENCRYPT_DECRYPT: ["SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096"],
  SIGN_VERIFY: [
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096"
  ],
  GENERATE_VERIFY_MAC: ["HMAC_256", "HMAC_224", "HMAC_384", "HMAC_512"],
  KEY_AGREEMENT: ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"],
  ENCAPSULATE_DECAPSULATE: ["ML_KEM_768", "ML_KEM_512", "ML_KEM_1024"]
}

/** The usages, in words. */
export const usageOptions: ReadonlyArray<readonly [KeyUsage, string]> = [
  ["ENCRYPT_DECRYPT", usages.ENCRYPT_DECRYPT],
  ["SIGN_VERIFY", usages.SIGN_VERIFY],
  ["GENERATE_VERIFY_MAC", usages.GENERATE_VERIFY_MAC],
  ["KEY_AGREEMENT", usages.KEY_AGREEMENT],
  ["ENCAPSULATE_DECAPSULATE", usages.ENCAPSULATE_DECAPSULATE]
]

/** A spec as people call it. */
export const specText = (spec: KeySpec | undefined): string => {
  if (spec === undefined) return ""
  if (spec === "SYMMETRIC_DEFAULT") return "Symmetric, AES-256"
  return spec.replace(/^ECC_NIST_EDWARDS25519$/, "Ed25519").replace(/^ECC_(NIST|SECG)_/, "").replaceAll("_", " ")
}
