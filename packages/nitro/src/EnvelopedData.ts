/**
 * CMS EnvelopedData (RFC 5652, 6) for one recipient, as AWS KMS makes it: the content encrypted with AES-256-CBC (RFC 3565)
 * under a fresh key, that key with RSAES-OAEP, SHA-256 and MGF1 with SHA-256 (RFC 4055), the recipient named by a
 * SubjectKeyIdentifier that is the SHA-256 of its SubjectPublicKeyInfo.
 *
 * AWS's replies are BER, with indefinite lengths at exactly these places, and AWS's own SDK for enclaves
 * (aws-nitro-enclaves-sdk-c, `cms.c`) reads no definite ones there.
 */
import { concat } from "@keystead/core/Bytes"
import { tags, value, write } from "@keystead/core/crypto/Der"
import * as Effect from "effect/Effect"
import type { RecipientKey } from "./RecipientKey.ts"

const set = 0x31
/** `[0]`: IMPLICIT and primitive for the SubjectKeyIdentifier, else constructed. */
const context = { keyIdentifier: 0x80, zero: 0xa0, one: 0xa1 }

const oid = (...contents: ReadonlyArray<number>) => value(tags.objectIdentifier, Uint8Array.of(...contents))

const pkcs = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01]
const aes = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01]
const oids = {
  data: oid(...pkcs, 7, 1),
  envelopedData: oid(...pkcs, 7, 3),
  rsaesOaep: oid(...pkcs, 1, 7),
  mgf1: oid(...pkcs, 1, 8),
  sha256: oid(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01),
  aes256Cbc: oid(...aes, 42)
}

const version2 = value(tags.integer, Uint8Array.of(2))
const sha256 = value(tags.sequence, oids.sha256, value(tags.null))
const oaep = value(
  tags.sequence,
  oids.rsaesOaep,
  value(
    tags.sequence,
    value(context.zero, sha256),
    value(context.one, value(tags.sequence, oids.mgf1, sha256))
  )
)

/** A constructed value of indefinite length (X.690, 8.1.3.6). */
const indefinite = (tag: number, ...contents: ReadonlyArray<Uint8Array>): Uint8Array =>
  concat([Uint8Array.of(tag, 0x80), ...contents, Uint8Array.of(0, 0)])

interface Parts {
  readonly keyIdentifier: Uint8Array
  readonly encryptedKey: Uint8Array
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
}

const assemble = ({ ciphertext, encryptedKey, iv, keyIdentifier }: Parts): Uint8Array => {
  const recipients = value(
    set,
    value(
      tags.sequence,
      version2,
      value(context.keyIdentifier, keyIdentifier),
      oaep,
      value(tags.octetString, encryptedKey)
    )
  )
  const encryptedContent = indefinite(
    tags.sequence,
    write(oids.data),
    write(value(tags.sequence, oids.aes256Cbc, value(tags.octetString, iv))),
    indefinite(context.zero, write(value(tags.octetString, ciphertext)))
  )
  const envelopedData = indefinite(tags.sequence, write(version2), write(recipients), encryptedContent)
  return indefinite(tags.sequence, write(oids.envelopedData), indefinite(context.zero, envelopedData))
}

const bytesOf = (buffer: ArrayBuffer): Uint8Array => new Uint8Array(buffer)

const encrypt = async ({ info, key }: RecipientKey, content: Uint8Array<ArrayBuffer>): Promise<Uint8Array> => {
  const { crypto } = globalThis
  const iv = crypto.getRandomValues(new Uint8Array(16))
  const contentKey = crypto.getRandomValues(new Uint8Array(32))
  try {
    const cbc = await crypto.subtle.importKey("raw", contentKey, "AES-CBC", false, ["encrypt"])
    return assemble({
      keyIdentifier: bytesOf(await crypto.subtle.digest("SHA-256", info)),
      encryptedKey: bytesOf(await crypto.subtle.encrypt("RSA-OAEP", key, contentKey)),
      iv,
      ciphertext: bytesOf(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, cbc, content))
    })
  } finally {
    contentKey.fill(0)
    content.fill(0)
  }
}

/** The plaintext for nobody but the holder of the recipient's private key: a ContentInfo. The caller's plaintext stays. */
export const seal = (recipient: RecipientKey, plaintext: Uint8Array): Effect.Effect<Uint8Array> =>
  Effect.promise(() => encrypt(recipient, plaintext.slice()))
