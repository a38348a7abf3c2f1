/** Why something could not be done, as a name and a sentence: an error that can be copied between threads. */
export interface Refused {
  /** The error's name, such as `DisabledException`. */
  readonly name: string
  readonly message: string
}

/** The same as an error. */
export class Refusal extends Error {
  constructor({ message, name }: Refused) {
    super(message)
    this.name = name
  }
}

/** What of an error may be told. Errors of Keystead carry no secret. */
export const refusedOf = (error: unknown): Refused =>
  error instanceof Error
    ? { name: error.name, message: error.message === "" ? sentenceOf(error.name) : error.message }
    : { name: "Error", message: String(error) }

/** AWS leaves some messages out: `InvalidCiphertextException` says it all. */
const sentenceOf = (name: string): string =>
  name === "InvalidCiphertextException" || name === "IncorrectKeyException"
    ? "This was not encrypted here, under this key and with this encryption context, or it was changed since."
    : name.replace(/Exception$/, "").replaceAll(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
