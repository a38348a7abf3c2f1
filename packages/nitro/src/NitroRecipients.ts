/**
 * Replies for AWS Nitro enclaves: their attestation documents verified up to a root that the host trusts, what they attest
 * put to the policies, and the reply encrypted to the key in the document.
 *
 * Sources: AWS Nitro Enclaves attestation process; AWS KMS developer guide, "Condition keys for Nitro Enclaves" and
 * "Monitoring requests for Nitro enclaves".
 */
import { type Attest, type Recipient, Recipients } from "@keystead/core/crypto/Recipients"
import { sealReply } from "@keystead/core/crypto/SealedReply"
import { type RecipientsError, ValidationException } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Hex from "effect/encoding/Hex"
import * as Layer from "effect/Layer"
import * as AttestationDocument from "./AttestationDocument.ts"
import { verifyChain } from "./Chain.ts"
import * as Cose from "./Cose.ts"
import * as EnvelopedData from "./EnvelopedData.ts"
import { verify } from "./Es384.ts"
import * as RecipientKey from "./RecipientKey.ts"
import { reading, refusal } from "./Refusal.ts"
import { readRoots } from "./Roots.ts"

/** What to trust. */
export interface NitroOptions {
  /**
   * The certificates of the authorities whose enclaves are believed, each in DER or PEM. AWS's own is not built in: get it
   * from AWS, and check its fingerprint.
   */
  readonly roots: ReadonlyArray<Uint8Array>
}

/**
 * How long a document may be used, in milliseconds, and how far its clock may be ahead: AWS documents neither. An enclave
 * asks for a document right before it calls, and whoever holds an old one may replay it.
 */
export const longestAge = 5 * 60 * 1000

/** The registers that CloudTrail tells of. It has them in base64. */
const auditedRegisters = [1, 2, 3, 4, 8]

/** PCR0 has a name of its own, in policies and in CloudTrail: the digest of the enclave's image. */
const imageRegister = 0

const conditionsOf = (pcrs: ReadonlyMap<number, Uint8Array>) => {
  const named = Array.from(pcrs, ([index, pcr]) => [`kms:RecipientAttestation:PCR${index}`, Hex.encode(pcr)] as const)
  const image = pcrs.get(imageRegister)
  return {
    ...Object.fromEntries(named),
    ...(image === undefined ? {} : { "kms:RecipientAttestation:ImageSha384": Hex.encode(image) })
  }
}

const auditOf = ({ moduleId, pcrs }: AttestationDocument.AttestationDocument): Readonly<Record<string, string>> => {
  const registers = [
    [imageRegister, "ImageDigest"] as const,
    ...auditedRegisters.map((index) => [index, `PCR${index}`] as const)
  ]
  const told = registers.flatMap(([index, name]) => {
    const pcr = pcrs.get(index)
    return pcr === undefined ? [] : [[`attestationDocumentEnclave${name}`, Base64.encode(pcr)] as const]
  })
  return { attestationDocumentModuleId: moduleId, ...Object.fromEntries(told) }
}

/** AWS's words for a member that must be there. */
const missing = (member: string) =>
  new ValidationException({
    message: `1 validation error detected: Value null at 'recipient.${member}' failed to satisfy constraint: `
      + "Member must not be null"
  })

const attest = Effect.fnUntraced(function*(roots: ReadonlyArray<Uint8Array>, recipient: Recipient, now: number) {
  if (recipient.KeyEncryptionAlgorithm === undefined) return yield* missing("keyEncryptionAlgorithm")
  const { AttestationDocument: bytes } = recipient
  if (bytes === undefined) return yield* missing("attestationDocument")
  const { document, signed } = yield* reading("a part", () => {
    const signed = Cose.read(bytes)
    return { document: AttestationDocument.read(signed.payload), signed }
  })
  const signer = yield* verifyChain(roots, document.cabundle, document.certificate, now)
  if (!(yield* verify(signer.publicKey, signed.signature, signed.toBeSigned))) {
    return yield* refusal("is not signed with its certificate's key")
  }
  if (now - document.timestamp > longestAge) return yield* refusal("is older than five minutes: ask for a new one")
  if (document.timestamp - now > longestAge) return yield* refusal("is of a time to come")
  const key = yield* RecipientKey.read(document.publicKey)
  return {
    conditions: conditionsOf(document.pcrs),
    audit: { recipient: auditOf(document) },
    seal: (reply: unknown) => sealReply(reply, (plaintext) => EnvelopedData.seal(key, plaintext))
  }
})

/** Verifies attestations up to these roots. */
export const make = ({ roots }: NitroOptions): Effect.Effect<Attest, RecipientsError> =>
  Effect.map(readRoots(roots), (trusted): Attest => (recipient, now) => attest(trusted, recipient, now))

/** What `Kms.layer`, or a runtime's `recipients` option, is provided with. It fails if a root is none. */
export const layer = (options: NitroOptions): Layer.Layer<never, RecipientsError> =>
  Layer.effect(Recipients, make(options))
