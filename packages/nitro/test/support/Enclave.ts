/** An enclave: its documents, which can be made wrong on purpose, and its key, which opens what is sealed for it. */
import { encode } from "cborg"
import {
  constants,
  createDecipheriv,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  sign
} from "node:crypto"
import { now, type Path } from "./Pki.ts"

/** A new RSA key. */
export const makeKey = (modulusLength = 2048, publicExponent = 65537): KeyObject =>
  generateKeyPairSync("rsa", { modulusLength, publicExponent }).privateKey

/** The SubjectPublicKeyInfo of a private key, in DER. */
export const publicKeyOf = (privateKey: KeyObject): Uint8Array =>
  new Uint8Array(createPublicKey(privateKey).export({ type: "spki", format: "der" }))

/** PCR0 to PCR15 as an enclave has them: 48 bytes each. */
export const pcrs = new Map(Array.from({ length: 16 }, (_, at) => [at, new Uint8Array(48).fill(at + 0x10)]))

/** PCR0 in hexadecimal digits. */
export const image = "10".repeat(48)

export const moduleId = "i-0123456789abcdef0-enc0123456789abcdef"

/** The members of a good document. */
export const membersOf = ({ authorities, signer }: Path, publicKey: Uint8Array): Record<string, unknown> => ({
  module_id: moduleId,
  digest: "SHA384",
  timestamp: now,
  pcrs,
  certificate: signer.der,
  cabundle: authorities.map(({ der }) => der),
  public_key: publicKey,
  user_data: null,
  nonce: null
})

/** How a signed document differs from a good one. */
export interface Differently {
  readonly header?: unknown
  readonly unprotected?: unknown
  readonly tagged?: boolean
  readonly key?: KeyObject
  /** The payload as it is to be signed. */
  readonly payload?: Uint8Array
  /** The last word: the parts of COSE_Sign1. */
  readonly change?: (parts: ReadonlyArray<unknown>) => unknown
}

/** A COSE_Sign1 of the members, signed by the path's signer. */
export const signDocument = (path: Path, members: unknown, differently: Differently = {}): Uint8Array => {
  const header = encode(differently.header ?? new Map([[1, -35]]))
  const payload = differently.payload ?? encode(members)
  const toBeSigned = encode(["Signature1", header, new Uint8Array(), payload])
  const key = differently.key ?? path.signer.privateKey
  const signature = new Uint8Array(sign("sha384", toBeSigned, { key, dsaEncoding: "ieee-p1363" }))
  const parts = [header, differently.unprotected ?? new Map(), payload, signature]
  const document = encode(differently.change?.(parts) ?? parts)
  return differently.tagged === true ? Uint8Array.of(0xd2, ...document) : document
}

// --- Opening, as strictly as AWS's SDK for enclaves (aws-nitro-enclaves-sdk-c, cms.c) ---

const bad = (what: string): never => {
  throw new Error(`The enclave's SDK would not read this: ${what}`)
}

/** One value: its contents, and what stands after it. Of an indefinite one the contents are all that stands after it. */
const take = (bytes: Uint8Array, tag: number, indefinite = false): readonly [Uint8Array, Uint8Array] => {
  if (bytes[0] !== tag) return bad(`tag ${bytes[0]} in place of ${tag}`)
  const first = bytes[1] ?? bad("nothing")
  if (indefinite) return first === 0x80 ? [bytes.subarray(2), bytes.subarray(2)] : bad(`a definite length in ${tag}`)
  const octets = first < 0x80 ? 0 : first - 0x80
  if (octets > 2 || first === 0x80) return bad(`an indefinite length in ${tag}`)
  const length = octets === 0 ? first : bytes.subarray(2, 2 + octets).reduce((sum, octet) => sum * 256 + octet, 0)
  const start = 2 + octets
  return [bytes.subarray(start, start + length), bytes.subarray(start + length)]
}

const oid = { enveloped: "2a864886f70d010703", data: "2a864886f70d010701", aes256Cbc: "60864801650304012a" }

const takeOid = (bytes: Uint8Array, expected: string): Uint8Array => {
  const [contents, rest] = take(bytes, 0x06)
  return Buffer.from(contents).toString("hex") === expected ? rest : bad("another algorithm or type")
}

/** What a reply is made of. */
export interface Envelope {
  readonly keyIdentifier: Uint8Array
  readonly algorithm: Uint8Array
  readonly encryptedKey: Uint8Array
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
}

/** Takes a reply apart. */
export const parse = (reply: Uint8Array): Envelope => {
  const [contentInfo] = take(reply, 0x30, true)
  const [explicit] = take(takeOid(contentInfo, oid.enveloped), 0xa0, true)
  const [enveloped] = take(explicit, 0x30, true)
  const [version, afterVersion] = take(enveloped, 0x02)
  const [recipients, afterRecipients] = take(afterVersion, 0x31)
  const [recipient, more] = take(recipients, 0x30)
  const [recipientVersion, afterRecipientVersion] = take(recipient, 0x02)
  if (version[0] !== 2 || recipientVersion[0] !== 2 || more.length > 0) {
    return bad("another version, or more recipients")
  }
  const [keyIdentifier, afterIdentifier] = take(afterRecipientVersion, 0x80)
  const [algorithm, afterAlgorithm] = take(afterIdentifier, 0x30)
  const [encryptedKey] = take(afterAlgorithm, 0x04)
  const [content] = take(afterRecipients, 0x30, true)
  const [encryption, afterEncryption] = take(takeOid(content, oid.data), 0x30)
  const [iv] = take(takeOid(encryption, oid.aes256Cbc), 0x04)
  const [ciphertext, end] = take(take(afterEncryption, 0xa0, true)[0], 0x04)
  // The ends of the five values of indefinite length.
  if (end.length !== 10 || end.some((octet) => octet !== 0)) return bad("no end of contents")
  return { keyIdentifier, algorithm, encryptedKey, iv, ciphertext }
}

/** What was sealed, by the enclave's key. Throws if it is another's. */
export const open = (privateKey: KeyObject, reply: Uint8Array | undefined): Uint8Array => {
  const { ciphertext, encryptedKey, iv } = parse(reply ?? bad("no reply"))
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const key = privateDecrypt({ key: privateKey, padding, oaepHash: "sha256" }, encryptedKey)
  const cipher = createDecipheriv("aes-256-cbc", key, iv)
  return new Uint8Array(Buffer.concat([cipher.update(ciphertext), cipher.final()]))
}
