/**
 * A message's header, and its bytes. Source: AWS Encryption SDK specification, data-format/message-header.md, version 2:
 *
 * ```
 * version (1) | algorithm suite (2) | message id (32) | context length (2) | context | count of encrypted data keys (2)
 * | encrypted data keys | content type (1) | frame length (4) | key commitment (32) | tag (16)
 * ```
 *
 * All but the tag is the header's body. The tag is AES-GCM's over the body, with an empty plaintext and a zero nonce.
 */
import * as Result from "effect/Result"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import * as Utf8 from "../Utf8.ts"
import type { AlgorithmSuite } from "./AlgorithmSuite.ts"
import type { EncryptedDataKey } from "./DataKeys.ts"
import { LimitExceeded } from "./Errors.ts"
import { maxEncryptedDataKeys, maxHeaderLength } from "./Limits.ts"

/** What a header says. */
export interface Header {
  readonly suite: AlgorithmSuite
  readonly messageId: Uint8Array
  readonly encryptionContext: EncryptionContext
  readonly encryptedDataKeys: ReadonlyArray<EncryptedDataKey>
  /** Bytes of plaintext in each frame but the final one, which may have fewer. */
  readonly frameLength: number
  readonly commitment: Uint8Array
}

/** The content type of framed messages. */
export const framed = 2

const maxFieldLength = 0xffff

/** The three fields of an encrypted data key, each of which its length precedes. */
const fieldsOf = (key: EncryptedDataKey): ReadonlyArray<Uint8Array> => [
  Utf8.encode(key.providerId),
  key.providerInfo,
  key.ciphertext
]

/** The body's bytes, given those of the context (`EncryptionContext.serialize`); LimitExceeded if it has no place. */
export const write = (header: Header, context: Uint8Array): Result.Result<Uint8Array, LimitExceeded> => {
  const count = header.encryptedDataKeys.length
  if (count > maxEncryptedDataKeys) {
    return Result.fail(new LimitExceeded({ what: "encrypted data keys of one message", limit: maxEncryptedDataKeys }))
  }
  const fields = header.encryptedDataKeys.flatMap(fieldsOf)
  if (fields.some((field) => field.length > maxFieldLength)) {
    return Result.fail(new LimitExceeded({ what: "bytes of an encrypted data key's field", limit: maxFieldLength }))
  }
  const keysLength = fields.reduce((sum, field) => sum + 2 + field.length, 0)
  const { commitment, messageId, suite } = header
  const length = 3 + messageId.length + 2 + context.length + 2 + keysLength + 5 + commitment.length
  if (length > maxHeaderLength) {
    return Result.fail(new LimitExceeded({ what: "bytes of the header", limit: maxHeaderLength }))
  }
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  let at = 0
  const put = (piece: Uint8Array): void => {
    bytes.set(piece, at)
    at += piece.length
  }
  const putUint16 = (value: number): void => {
    view.setUint16(at, value)
    at += 2
  }
  bytes[at++] = suite.version
  putUint16(suite.id)
  put(messageId)
  putUint16(context.length)
  put(context)
  putUint16(count)
  for (const field of fields) {
    putUint16(field.length)
    put(field)
  }
  bytes[at++] = framed
  view.setUint32(at, header.frameLength)
  at += 4
  put(commitment)
  return Result.succeed(bytes)
}
