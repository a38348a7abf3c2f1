/**
 * Replies that only their recipient can read: an attested environment, such as an AWS Nitro enclave, that proves with its
 * `Recipient` what runs in it. Source: AWS KMS developer guide, "Cryptographic attestation support in AWS KMS".
 *
 * Whose attestation is believed, the host decides: it provides this service to `Kms.layer`, for example with
 * `NitroRecipients.layer` of `@keystead/nitro`. Without it, a request that has a Recipient is refused; a reply in clear
 * would give away what was asked to be hidden.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { AttestedRecipient } from "../audit/AuditEvent.ts"
import { UnsupportedOperationException, type ValidationException } from "../Errors.ts"
import type { Conditions } from "../operations/Operation.ts"

/** What a request says of its recipient. */
export interface Recipient {
  readonly KeyEncryptionAlgorithm?: "RSAES_OAEP_SHA_256" | undefined
  readonly AttestationDocument?: Uint8Array | undefined
}

/** A recipient whose attestation is verified. */
export interface Attested {
  /** The condition keys that it answers: `kms:RecipientAttestation:…`. */
  readonly conditions: Conditions
  /** What the call's audit event says of it. */
  readonly audit: AttestedRecipient
  /** The reply for nobody but the recipient; what was in clear is overwritten. `SealedReply.ts` makes it. */
  readonly seal: (reply: unknown) => Effect.Effect<unknown>
}

/** Verifies an attestation at a moment, in milliseconds since 1970. Its failures say what is wrong, and what to do. */
export type Attest = (
  recipient: Recipient,
  now: number
) => Effect.Effect<Attested, ValidationException | UnsupportedOperationException>

/** How a Keystead verifies attestations: not at all, unless its host says how. */
export const Recipients: Context.Reference<Attest> = Context.Reference("@keystead/core/crypto/Recipients", {
  defaultValue: (): Attest => () =>
    Effect.fail(
      new UnsupportedOperationException({ message: "Recipient is not supported: call without it." })
    )
})
