/** The root certificates that a host trusts. */
import { RecipientsError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { readRoot } from "./Chain.ts"

const sequence = 0x30
const pem = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g

/** The certificates in a file's bytes: one in DER, or any number in PEM (RFC 7468). */
const certificatesIn = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  if (bytes[0] === sequence) return [bytes.slice()]
  return Array.from(
    new TextDecoder().decode(bytes).matchAll(pem),
    ([, text = ""]) => Result.getOrElse(Base64.decode(text.replaceAll(/\s/g, "")), () => new Uint8Array())
  )
}

const mayBeRoot = (bytes: Uint8Array): boolean => {
  try {
    readRoot(bytes)
    return true
  } catch {
    return false
  }
}

const refuse = (message: string) => Effect.fail(new RecipientsError({ message }))

/** The roots' certificates in DER, from what the host gives: each DER or PEM. */
export const readRoots = (
  given: ReadonlyArray<Uint8Array>
): Effect.Effect<ReadonlyArray<Uint8Array>, RecipientsError> => {
  if (given.length === 0) return refuse("No attestation could be believed: give at least one root certificate.")
  const roots = given.map(certificatesIn)
  const bad = roots.findIndex((certificates) => certificates.length === 0 || !certificates.every(mayBeRoot))
  return bad === -1 ? Effect.succeed(roots.flat()) : refuse(
    `Root ${bad + 1} of ${given.length} is not the certificate of a certification authority, on P-384 with SHA-384, `
      + "in DER or PEM. AWS publishes that of Nitro Enclaves, and its fingerprint, in \"Verifying the root of trust\"."
  )
}
