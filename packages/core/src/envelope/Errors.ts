/** What can be wrong with a message of the envelope format, or with the wish for one. */
import * as Data from "effect/Data"

/** The bytes are not a message, or not one that any writer may write. */
export class MalformedMessage extends Data.TaggedError("MalformedMessage")<{
  /** What is wrong. */
  readonly problem: string
  /** Where in the message, in bytes from its start. */
  readonly offset: number
}> {
  override get message(): string {
    return `Not a valid message of the AWS Encryption SDK format: ${this.problem} (at byte ${this.offset}). `
      + "Check that these are the whole bytes that encryption gave, and not their Base64 text."
  }
}

/** A message of the format, that uses a part of it which Keystead does not read. */
export class UnsupportedMessage extends Data.TaggedError("UnsupportedMessage")<{
  /** What it uses. */
  readonly feature: string
}> {
  override get message(): string {
    return `The message uses ${this.feature}, which is not supported. `
      + "Decrypt it with an AWS Encryption SDK, and encrypt it again with algorithm suite 0x0478."
  }
}

/**
 * The message is not what was encrypted under this data key: it was changed, put together from others, or its data key
 * is not the one it commits to. It says no more, on purpose.
 */
export class MessageTampered extends Data.TaggedError("MessageTampered") {
  override get message(): string {
    return "The message is not authentic. Do not use what was decrypted of it; get it again from where it was stored."
  }
}

/** The message ends before its final frame. */
export class TruncatedMessage extends Data.TaggedError("TruncatedMessage")<{
  /** How many bytes came. */
  readonly received: number
}> {
  override get message(): string {
    return `The message ends after ${this.received} bytes, before its final frame. `
      + "Do not use what was decrypted of it; get the whole message."
  }
}

/** The message was encrypted with another encryption context than the one that is asked for. */
export class ContextMismatch extends Data.TaggedError("ContextMismatch")<{
  /** The first pair's key, in the order given, that the message does not have with this value. */
  readonly key: string
}> {
  override get message(): string {
    return `The message's encryption context does not have the given value for ${JSON.stringify(this.key)}. `
      + "Give pairs that it was encrypted with, or none."
  }
}

/** An encryption context that cannot be part of a message. */
export class InvalidContext extends Data.TaggedError("InvalidContext")<{
  /** What is wrong, and what would be right. */
  readonly problem: string
}> {
  override get message(): string {
    return `The encryption context cannot be used: ${this.problem}`
  }
}

/** More than the format allows, or than Keystead takes. */
export class LimitExceeded extends Data.TaggedError("LimitExceeded")<{
  /** What there is too much of, such as `encrypted data keys`. */
  readonly what: string
  readonly limit: number
}> {
  override get message(): string {
    return `Too much: ${this.what} (the limit is ${this.limit})`
  }
}

/** Why a message cannot be made, besides what its data keys' source may say. */
export type SealError = InvalidContext | LimitExceeded

/** Why a message cannot be decrypted, besides what its data keys' source may say. */
export type OpenError =
  | MalformedMessage
  | UnsupportedMessage
  | MessageTampered
  | TruncatedMessage
  | ContextMismatch
  | InvalidContext
  | LimitExceeded
