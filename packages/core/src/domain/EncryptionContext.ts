/**
 * The canonical bytes of an encryption context, everywhere in Keystead: the AWS Encryption SDK's serialization. Source:
 * AWS Encryption SDK developer guide, "Body additional authenticated data", and its specification's structures.md.
 */
import * as Result from "effect/Result"
import { ValidationException } from "../Errors.ts"
import { compareIds } from "../storage/Storage.ts"
import * as Utf8 from "../Utf8.ts"

/** Pairs that are bound to a ciphertext and are not secret. */
export type EncryptionContext = Readonly<Record<string, string>>

/** AWS's model gives no limit. Keystead takes contexts of at most so many bytes, serialized: AWS's limit elsewhere. */
export const maxSerializedLength = 8192

const none = new Uint8Array(0)

/**
 * Count of pairs (2 bytes), then for each pair the length (2 bytes) and UTF-8 of its key and of its value, sorted by the
 * keys' UTF-8 bytes; nothing at all for an empty context. ValidationException beyond 8,192 bytes.
 */
export const serialize = (context: EncryptionContext | undefined): Result.Result<Uint8Array, ValidationException> => {
  const keys = context === undefined ? [] : Object.keys(context)
  if (context === undefined || keys.length === 0) return Result.succeed(none)
  const parts: Array<Uint8Array> = []
  let length = 2
  for (const key of keys.sort(compareIds)) {
    for (const text of [key, context[key] ?? ""]) {
      const bytes = Utf8.encode(text)
      parts.push(bytes)
      length += 2 + bytes.length
      if (length > maxSerializedLength) return Result.fail(tooLong())
    }
  }
  const output = new Uint8Array(length)
  let offset = 0
  const putUint16 = (value: number): void => {
    output[offset++] = value >> 8
    output[offset++] = value
  }
  putUint16(keys.length)
  for (const part of parts) {
    putUint16(part.length)
    output.set(part, offset)
    offset += part.length
  }
  return Result.succeed(output)
}

/**
 * The context of serialized bytes, or undefined if they are not well-formed: a count that is not there or is zero, a
 * length beyond the end, bytes left over, a key twice, text that is not UTF-8. Any order of the keys is taken: some AWS
 * Encryption SDKs sorted by UTF-16, and what they wrote is to be read.
 */
export const parse = (bytes: Uint8Array): EncryptionContext | undefined => {
  if (bytes.length === 0) return {}
  if (bytes.length < 2) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = 2
  const takeText = (): string | undefined => {
    if (offset + 2 > bytes.length) return undefined
    const end = offset + 2 + view.getUint16(offset)
    const text = end > bytes.length ? undefined : Utf8.decode(bytes.subarray(offset + 2, end))
    offset = end
    return text
  }
  const count = view.getUint16(0)
  const pairs = new Map<string, string>()
  for (let pair = 0; pair < count; pair++) {
    const key = takeText()
    const value = takeText()
    if (key === undefined || value === undefined || pairs.has(key)) return undefined
    pairs.set(key, value)
  }
  return count > 0 && offset === bytes.length ? Object.fromEntries(pairs) : undefined
}

const tooLong = () =>
  new ValidationException({
    message: "1 validation error detected: Value at 'encryptionContext' failed to satisfy constraint: "
      + `Member must have a serialized length less than or equal to ${maxSerializedLength} bytes`
  })
