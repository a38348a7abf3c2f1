/** Why an attestation document is not believed. */
import { MalformedDer } from "@keystead/core/crypto/Der"
import { ValidationException } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"

/** Thrown by what reads documents and certificates. Its message ends the sentence "The attestation document …". */
export class BadDocument extends Error {
  override readonly name = "BadDocument"
}

/** Throws a BadDocument of this message unless the condition holds. */
export const need: (condition: boolean, message: string) => asserts condition = (condition, message) => {
  if (!condition) throw new BadDocument(message)
}

/** The ValidationException that the request ends with. AWS documents no other error, and no words, for bad documents. */
export const refusal = (message: string): ValidationException =>
  new ValidationException({ message: `The attestation document ${message}.` })

/** Runs what reads; what it throws, but for defects, refuses the document. `what` is what may be no DER. */
export const reading = <A>(what: string, read: () => A): Effect.Effect<A, ValidationException> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(read())
    } catch (error) {
      if (error instanceof BadDocument) return Effect.fail(refusal(error.message))
      if (error instanceof MalformedDer) return Effect.fail(refusal(`has ${what} that is not as it must be in DER`))
      return Effect.die(error)
    }
  })
