/**
 * What becomes of a reply that is for an attested recipient only: its secret is sealed into CiphertextForRecipient, and
 * neither it nor KeyMaterialId is there any more. Source: AWS KMS API reference, the responses of Decrypt,
 * DeriveSharedSecret, GenerateDataKey, GenerateDataKeyPair and GenerateRandom.
 */
import * as Effect from "effect/Effect"

/** The members that hold what a recipient alone may read. A reply to a recipient has exactly one of them. */
export const secretMembers: ReadonlyArray<string> = ["Plaintext", "PrivateKeyPlaintext", "SharedSecret"]

/**
 * The reply with its secret sealed by `seal`, and the secret overwritten. A reply without a secret is a defect: better no
 * reply than one in clear.
 */
export const sealReply = (
  reply: unknown,
  seal: (plaintext: Uint8Array) => Effect.Effect<Uint8Array>
): Effect.Effect<object> => {
  const members: ReadonlyArray<readonly [string, unknown]> = Object.entries(reply ?? {})
  const [secret, ...others] = members.filter(([name]) => secretMembers.includes(name))
  const plaintext = secret?.[1]
  if (!(plaintext instanceof Uint8Array) || others.length > 0) {
    return Effect.die(new Error("A reply for a recipient must have exactly one secret"))
  }
  const shown = members.filter((member) => member !== secret && member[0] !== "KeyMaterialId")
  return Effect.map(
    Effect.ensuring(seal(plaintext), Effect.sync(() => plaintext.fill(0))),
    (CiphertextForRecipient) => ({ ...Object.fromEntries(shown), CiphertextForRecipient })
  )
}
