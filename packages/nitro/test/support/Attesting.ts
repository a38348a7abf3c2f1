/** Puts documents to the service. */
import type { Attested } from "@keystead/core/crypto/Recipients"
import type { UnsupportedOperationException, ValidationException } from "@keystead/core/Errors"
import * as NitroRecipients from "@keystead/nitro/NitroRecipients"
import * as Effect from "effect/Effect"
import { makeKey, membersOf, publicKeyOf } from "./Enclave.ts"
import { makePath, now, type Path } from "./Pki.ts"

/** A good path, an enclave's key, and the members of a good document: nothing in them is ever changed. */
export const path = makePath()
export const key = makeKey()
export const members = membersOf(path, publicKeyOf(key))

/** The root of a path, as the host is configured with it. */
export const rootOf = ({ authorities }: Path): Uint8Array => authorities[0]?.der ?? new Uint8Array()

/** What comes of a document, verified up to this root at this moment. */
export const attest = (
  AttestationDocument: Uint8Array,
  { at = now, root = rootOf(path) }: { readonly at?: number; readonly root?: Uint8Array } = {}
): Effect.Effect<Attested, ValidationException | UnsupportedOperationException> =>
  Effect.flatMap(
    Effect.orDie(NitroRecipients.make({ roots: [root] })),
    (attest) => attest({ KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument }, at)
  )

/** Why a document is refused. The test fails if it is not, or not by a ValidationException. */
export const refusalOf = (...args: Parameters<typeof attest>): Effect.Effect<string, Attested | Error> =>
  Effect.flatMap(
    Effect.flip(attest(...args)),
    (error) => error._tag === "ValidationException" ? Effect.succeed(error.message) : Effect.fail(error)
  )

/** The sentence of a refusal. */
export const sentence = (text: string): string => `The attestation document ${text}.`
