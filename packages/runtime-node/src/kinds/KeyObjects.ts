/** Keys in the form that `node:crypto` wants them in. Node overwrites a private KeyObject's memory when it is collected. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto"

/** Plain bytes over the same memory: nobody outside should depend on a Buffer. */
export const plain = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)

/** The same memory as a Buffer, which is what Node's types ask of keys. */
const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** A private key in PKCS#8. Throws what OpenSSL has against it. */
export const privateKeyOf = (bytes: Uint8Array): KeyObject =>
  createPrivateKey({ key: buffer(bytes), format: "der", type: "pkcs8" })

/** A public key in a SubjectPublicKeyInfo. Throws what OpenSSL has against it. */
export const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: buffer(bytes), format: "der", type: "spki" })

/** A secret key that can be let go, for Node to collect and overwrite. */
export interface Held {
  /** The key; throws if it was let go. */
  readonly get: () => KeyObject
  readonly letGo: () => void
}

/** Holds a key until it is let go. */
export const held = (key: KeyObject): Held => {
  let kept: KeyObject | undefined = key
  return {
    get: () => {
      if (kept === undefined) throw new Error("The key has been wiped")
      return kept
    },
    letGo: () => {
      kept = undefined
    }
  }
}
