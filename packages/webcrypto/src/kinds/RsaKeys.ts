/** RSA keys in the forms that SubtleCrypto wants them in: each CryptoKey is for one algorithm with one hash. */
import { hashOf, isPkcs1 } from "@keystead/core/crypto/kinds/RsaEncoding"
import { unshared } from "../Unshared.ts"

/** An algorithm as SubtleCrypto knows it: how its keys are imported, and how it is used. */
export interface Algorithm {
  readonly key: RsaHashedImportParams
  readonly use: AlgorithmIdentifier | RsaPssParams
}

/** How SubtleCrypto does one of AWS's algorithms. */
export const algorithmOf = (name: string): Algorithm => {
  if (name.startsWith("RSAES_OAEP_")) {
    return { key: { name: "RSA-OAEP", hash: name === "RSAES_OAEP_SHA_1" ? "SHA-1" : "SHA-256" }, use: "RSA-OAEP" }
  }
  const saltLength = hashOf(name).length
  const hash = `SHA-${saltLength * 8}`
  return isPkcs1(name)
    ? { key: { name: "RSASSA-PKCS1-v1_5", hash }, use: "RSASSA-PKCS1-v1_5" }
    : { key: { name: "RSA-PSS", hash }, use: { name: "RSA-PSS", saltLength } }
}

/** A public key, SubjectPublicKeyInfo in DER, for one of AWS's algorithms. */
export const publicKeyFor = (name: string, bytes: Uint8Array, usage: "verify" | "encrypt"): Promise<CryptoKey> =>
  crypto.subtle.importKey("spki", unshared(bytes), algorithmOf(name).key, false, [usage])

/** A private key, which becomes a CryptoKey for each algorithm that it is used with. */
export interface PrivateKey {
  /** Throws if the key was wiped. */
  readonly keyFor: (name: string, usage: "sign" | "decrypt") => Promise<CryptoKey>
  /** Overwrites the bytes, and lets the CryptoKeys go. */
  readonly wipe: () => void
}

/** Keeps a copy of a private key in PKCS#8, to import it when an algorithm needs it. */
export const privateKey = (pkcs8: Uint8Array): PrivateKey => {
  const bytes = new Uint8Array(pkcs8)
  const imported = new Map<string, CryptoKey>()
  let wiped = false
  const needKept = (): void => {
    if (wiped) throw new Error("The key has been wiped")
  }
  return {
    keyFor: async (name, usage) => {
      needKept()
      const kept = imported.get(name)
      if (kept !== undefined) return kept
      const key = await crypto.subtle.importKey("pkcs8", bytes, algorithmOf(name).key, false, [usage])
      needKept()
      imported.set(name, key)
      return key
    },
    wipe: () => {
      wiped = true
      bytes.fill(0)
      imported.clear()
    }
  }
}
