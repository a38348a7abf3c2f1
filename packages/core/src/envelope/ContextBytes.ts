/** The encryption context that a caller gives for a message. */
import * as Result from "effect/Result"
import * as EncryptionContext from "../domain/EncryptionContext.ts"
import * as Utf8 from "../Utf8.ts"
import { InvalidContext } from "./Errors.ts"

/** What the keys start with that AWS keeps for itself (AWS Encryption SDK specification, framework/structures.md). */
export const reservedPrefix = "aws-crypto-"

const invalid = (problem: string) => Result.fail(new InvalidContext({ problem }))

/** The context's canonical bytes, or InvalidContext: reserved keys, text that is not Unicode, over 8,192 bytes. */
export const make = (context: EncryptionContext.EncryptionContext): Result.Result<Uint8Array, InvalidContext> => {
  for (const [key, value] of Object.entries(context)) {
    if (key.startsWith(reservedPrefix)) return invalid(`keys may not start with ${reservedPrefix}`)
    if (!Utf8.isWellFormed(key) || !Utf8.isWellFormed(value)) {
      return invalid("half of a surrogate pair stands alone in its text; give valid Unicode")
    }
  }
  const bytes = EncryptionContext.serialize(context)
  return Result.isSuccess(bytes)
    ? Result.succeed(bytes.success)
    : invalid(`it may have ${EncryptionContext.maxSerializedLength} bytes when serialized; give less`)
}
