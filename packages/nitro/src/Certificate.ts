/**
 * X.509 certificates (RFC 5280) as Nitro's public key infrastructure has them: version 3, ECDSA with SHA-384 (RFC 5758,
 * 3.2) on P-384 (RFC 5480) at every level. Any other certificate is refused, and so is one with a critical extension that
 * is not understood here (RFC 5280, 4.2).
 */
import {
  magnitude,
  MalformedDer,
  only,
  type Reader,
  reader,
  tags,
  value,
  wholeOctets,
  write
} from "@keystead/core/crypto/Der"
import * as Hex from "effect/encoding/Hex"
import { need } from "./Refusal.ts"

/** A certificate. Nothing of it is verified but its form. */
export interface Certificate {
  /** What its signature is over. */
  readonly toBeSigned: Uint8Array
  /** r and s, 48 bytes each. */
  readonly signature: Uint8Array
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** Milliseconds since 1970; it is valid at both ends (RFC 5280, 4.1.2.5). */
  readonly notBefore: number
  readonly notAfter: number
  /** The uncompressed point, 97 bytes. */
  readonly publicKey: Uint8Array
  /** What it says of itself in the basicConstraints extension, if it has one. */
  readonly basicConstraints: BasicConstraints | undefined
  /** Whether its key may sign certificates, and anything else; neither without a keyUsage extension. */
  readonly keyUsage: { readonly keyCertSign: boolean; readonly digitalSignature: boolean }
}

/** Whether its subject is an authority, and how many authorities may stand between it and an end entity. */
export interface BasicConstraints {
  readonly critical: boolean
  readonly ca: boolean
  readonly pathLength: number | undefined
}

/** Contents of AlgorithmIdentifiers: `ecdsa-with-SHA384`, and `id-ecPublicKey` with `secp384r1`. */
const ecdsaWithSha384 = "06082a8648ce3d040303"
const ecOnP384 = "06072a8648ce3d020106052b81040022"

/** Extensions, by the contents of their object identifiers. */
const extensionIds = { basicConstraints: "551d13", keyUsage: "551d0f" }

const contextTags = { version: 0xa0, issuerUniqueId: 0x81, subjectUniqueId: 0x82, extensions: 0xa3 }
const boolean = 0x01
const times = { utc: 0x17, generalized: 0x18 }
const coordinate = 48

const same = (bytes: Uint8Array, hex: string): boolean => Hex.encode(bytes) === hex

const needDer = (condition: boolean): void => {
  if (!condition) throw new MalformedDer()
}

/** UTCTime until 2049, GeneralizedTime from 2050 on, both to the second and in UTC (RFC 5280, 4.1.2.5). */
const readTime = (fields: Reader): number => {
  const utc = fields.optional(times.utc)
  const digits = String.fromCharCode(...utc ?? fields.next(times.generalized))
  const text = utc === undefined ? digits : `${digits < "50" ? "20" : "19"}${digits}`
  needDer(/^\d{14}Z$/.test(text))
  const iso = text.replace(/^(.{4})(..)(..)(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6.000Z")
  const moment = Date.parse(iso)
  needDer(new Date(Number.isNaN(moment) ? 0 : moment).toISOString() === iso)
  return moment
}

/** A BOOLEAN that is not its default, false: DER leaves that out (X.690, 11.1 and 11.5). */
const readTrue = (fields: Reader): boolean => {
  const value = fields.optional(boolean)
  needDer(value === undefined || same(value, "ff"))
  return value !== undefined
}

interface Extension {
  readonly critical: boolean
  readonly contents: Uint8Array
}

const readExtensions = (bytes: Uint8Array): ReadonlyMap<string, Extension> => {
  const all = reader(only(tags.sequence, bytes))
  const extensions = new Map<string, Extension>()
  for (let next = all.optional(tags.sequence); next !== undefined; next = all.optional(tags.sequence)) {
    const fields = reader(next)
    const id = Hex.encode(fields.next(tags.objectIdentifier))
    const extension = { critical: readTrue(fields), contents: fields.next(tags.octetString) }
    fields.end()
    need(!extensions.has(id), "has a certificate with an extension twice")
    extensions.set(id, extension)
  }
  all.end()
  const known: ReadonlyArray<string> = Object.values(extensionIds)
  const unknown = [...extensions].some(([id, { critical }]) => critical && !known.includes(id))
  need(!unknown, "has a certificate with a critical extension that is not understood")
  return extensions
}

const readBasicConstraints = ({ contents, critical }: Extension): BasicConstraints => {
  const fields = reader(only(tags.sequence, contents))
  const ca = readTrue(fields)
  const integer = fields.optional(tags.integer)
  fields.end()
  const pathLength = integer === undefined ? undefined : Number.parseInt(Hex.encode(magnitude(integer)), 16)
  return { critical, ca, pathLength }
}

/** Bits 0 and 5 of the first octet after the number of unused bits (RFC 5280, 4.2.1.3). */
const readKeyUsage = (extension: Extension | undefined): Certificate["keyUsage"] => {
  const [, bits = 0] = extension === undefined ? [] : only(tags.bitString, extension.contents)
  return { digitalSignature: (bits & 0x80) !== 0, keyCertSign: (bits & 0x04) !== 0 }
}

/** ECDSA-Sig-Value (RFC 3279, 2.2.3) as r and s one after the other. */
const readSignature = (bytes: Uint8Array): Uint8Array => {
  const fields = reader(only(tags.sequence, bytes))
  const signature = new Uint8Array(2 * coordinate)
  for (const end of [coordinate, 2 * coordinate]) {
    const number = magnitude(fields.next(tags.integer))
    needDer(number.length <= coordinate)
    signature.set(number, end - number.length)
  }
  fields.end()
  return signature
}

const readPublicKey = (bytes: Uint8Array): Uint8Array => {
  const fields = reader(bytes)
  need(same(fields.next(tags.sequence), ecOnP384), "has a certificate whose key is not on P-384")
  const point = wholeOctets(fields.next(tags.bitString))
  fields.end()
  return point
}

/** Reads a certificate. Throws a MalformedDer or a BadDocument. */
export const read = (bytes: Uint8Array): Certificate => {
  const whole = reader(only(tags.sequence, bytes))
  const contents = whole.next(tags.sequence)
  need(same(whole.next(tags.sequence), ecdsaWithSha384), "has a certificate that is not signed by ECDSA with SHA-384")
  const signature = readSignature(wholeOctets(whole.next(tags.bitString)))
  whole.end()
  const fields = reader(contents)
  const version = fields.optional(contextTags.version)
  need(
    version !== undefined && same(only(tags.integer, version), "02"),
    "has a certificate of another version than 3"
  )
  fields.next(tags.integer)
  needDer(same(fields.next(tags.sequence), ecdsaWithSha384))
  const issuer = fields.next(tags.sequence)
  const validity = reader(fields.next(tags.sequence))
  const [notBefore, notAfter] = [readTime(validity), readTime(validity)]
  validity.end()
  const subject = fields.next(tags.sequence)
  const publicKey = readPublicKey(fields.next(tags.sequence))
  fields.optional(contextTags.issuerUniqueId)
  fields.optional(contextTags.subjectUniqueId)
  const given = fields.optional(contextTags.extensions)
  fields.end()
  const extensions = given === undefined ? new Map<string, Extension>() : readExtensions(given)
  const constraints = extensions.get(extensionIds.basicConstraints)
  return {
    // Of DER there is one form: written again, it is what was read.
    toBeSigned: write(value(tags.sequence, contents)),
    signature,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    basicConstraints: constraints === undefined ? undefined : readBasicConstraints(constraints),
    keyUsage: readKeyUsage(extensions.get(extensionIds.keyUsage))
  }
}
