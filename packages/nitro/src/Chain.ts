/**
 * Certification paths (RFC 5280, 6.1), from a configured root to the certificate that signed a document.
 *
 * Source of what is asked of each certificate: AWS Nitro Enclaves attestation process, 3.2.3. Revocation lists are not
 * asked, as it says. Self-issued certificates count in path lengths like all others, which is stricter than RFC 5280.
 */
import { constantTimeEquals } from "@keystead/core/crypto/ConstantTime"
import type { ValidationException } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Certificate from "./Certificate.ts"
import { verify } from "./Es384.ts"
import { need, reading, refusal } from "./Refusal.ts"

/** What an authority's certificate must be; `below` is how many authorities stand between it and the end entity. */
const checkAuthority = ({ basicConstraints, keyUsage }: Certificate.Certificate, below: number): void => {
  need(
    basicConstraints !== undefined && basicConstraints.ca && basicConstraints.critical,
    "has a cabundle with a certificate that is no authority's"
  )
  need(keyUsage.keyCertSign, "has a cabundle with a certificate whose key may not sign certificates")
  const { pathLength } = basicConstraints
  need(pathLength === undefined || pathLength >= below, "has more certificates than the path length of one allows")
}

const checkEndEntity = ({ basicConstraints, keyUsage }: Certificate.Certificate): void => {
  need(
    basicConstraints === undefined || (!basicConstraints.ca && basicConstraints.pathLength === undefined),
    "is signed with an authority's certificate"
  )
  need(keyUsage.digitalSignature, "is signed with a certificate whose key may not sign documents")
}

const checkAll = (
  authorities: ReadonlyArray<Certificate.Certificate>,
  signer: Certificate.Certificate,
  now: number
) => {
  const path = [...authorities, signer]
  for (const { notAfter, notBefore } of path) {
    need(notBefore <= now, "has a certificate that is not valid yet")
    need(now <= notAfter, "has a certificate that has expired")
  }
  authorities.forEach((authority, at) => checkAuthority(authority, authorities.length - 1 - at))
  checkEndEntity(signer)
  for (const [at, { subject }] of authorities.entries()) {
    const next = path[at + 1]
    need(
      next !== undefined && constantTimeEquals(subject, next.issuer),
      "has certificates that are not each other's issuers"
    )
  }
  return path
}

/** A root certificate, if it may be one. Throws a MalformedDer or a BadDocument. */
export const readRoot = (bytes: Uint8Array): void => checkAuthority(Certificate.read(bytes), 0)

/** The signer's certificate, if there is a valid path to it from one of the roots at that moment. */
export const verifyChain = Effect.fnUntraced(function*(
  roots: ReadonlyArray<Uint8Array>,
  cabundle: ReadonlyArray<Uint8Array>,
  certificate: Uint8Array,
  now: number
): Effect.fn.Return<Certificate.Certificate, ValidationException> {
  const [first] = cabundle
  if (first === undefined || !roots.some((root) => constantTimeEquals(root, first))) {
    return yield* refusal("is of a root certificate that is not trusted here")
  }
  const { path, signer } = yield* reading("a certificate", () => {
    const authorities = cabundle.map((bytes) => Certificate.read(bytes))
    const signer = Certificate.read(certificate)
    return { path: checkAll(authorities, signer, now), signer }
  })
  for (const [at, { publicKey }] of path.slice(0, -1).entries()) {
    const next = path[at + 1]
    if (next === undefined || !(yield* verify(publicKey, next.signature, next.toBeSigned))) {
      return yield* refusal("has a certificate whose signature is wrong")
    }
  }
  return signer
})
