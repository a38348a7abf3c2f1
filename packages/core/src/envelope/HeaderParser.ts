/**
 * Reading a header that comes in pieces of any size. First its length is found, without believing a length before the
 * limits allow it; only when all of it is there is it taken apart.
 */
import * as Result from "effect/Result"
import * as EncryptionContext from "../domain/EncryptionContext.ts"
import * as Utf8 from "../Utf8.ts"
import { type AlgorithmSuite, suites } from "./AlgorithmSuite.ts"
import type { EncryptedDataKey } from "./DataKeys.ts"
import { LimitExceeded, MalformedMessage, UnsupportedMessage } from "./Errors.ts"
import { framed, type Header } from "./Header.ts"
import { maxEncryptedDataKeys, maxHeaderLength, tagLength } from "./Limits.ts"

/** Why a header is not read. */
export type HeaderError = MalformedMessage | UnsupportedMessage | LimitExceeded

/** How far the bytes of a message reach. */
export interface Extent {
  /** Bytes of the body, once they are known. */
  readonly bodyLength: number | undefined
  /** Bytes of the message that are needed to go on: up to the next length, or all of the body and its tag. */
  readonly needed: number
}

const fixedLength = 3
const unframed = 1

const malformed = (problem: string, offset: number) => Result.fail(new MalformedMessage({ problem, offset }))
const needs = (needed: number) => Result.succeed<Extent>({ bodyLength: undefined, needed })
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** What is wrong with the first byte. */
const versionError = (version: number | undefined): HeaderError | undefined => {
  if (version === 2) return undefined
  return version === 1
    ? new UnsupportedMessage({ feature: "version 1 of the message format" })
    : new MalformedMessage({ problem: "it does not start with a version of the format", offset: 0 })
}

/** The suite that the first three bytes name. */
const suiteOf = (bytes: Uint8Array): Result.Result<AlgorithmSuite, HeaderError> => {
  const wrong = versionError(bytes[0])
  if (wrong !== undefined) return Result.fail(wrong)
  const id = viewOf(bytes).getUint16(1)
  const suite = suites.get(id)
  const feature = `algorithm suite 0x${id.toString(16).padStart(4, "0")}`
  return suite === undefined ? Result.fail(new UnsupportedMessage({ feature })) : Result.succeed(suite)
}

/** Finds how long the header is, from as much of the message as there is. */
export const measure = (bytes: Uint8Array): Result.Result<Extent, HeaderError> => {
  // What is no message at all is refused at its first byte, however long the rest may take to come.
  const wrong = bytes.length === 0 ? undefined : versionError(bytes[0])
  if (wrong !== undefined) return Result.fail(wrong)
  if (bytes.length < fixedLength) return needs(fixedLength)
  const suite = suiteOf(bytes)
  if (Result.isFailure(suite)) return Result.fail(suite.failure)
  const view = viewOf(bytes)
  let at = fixedLength + suite.success.messageIdLength
  if (bytes.length < at + 2) return needs(at + 2)
  at += 2 + view.getUint16(at)
  if (bytes.length < at + 2) return needs(at + 2)
  const count = view.getUint16(at)
  if (count === 0) return malformed("it has no encrypted data key", at)
  if (count > maxEncryptedDataKeys) {
    return Result.fail(new LimitExceeded({ what: "encrypted data keys of one message", limit: maxEncryptedDataKeys }))
  }
  at += 2
  for (let field = 0; field < count * 3; field++) {
    if (bytes.length < at + 2) return needs(at + 2)
    at += 2 + view.getUint16(at)
    if (at > maxHeaderLength) {
      return Result.fail(new LimitExceeded({ what: "bytes of the header", limit: maxHeaderLength }))
    }
  }
  const bodyLength = at + 5 + suite.success.derivedLength
  return Result.succeed({ bodyLength, needed: bodyLength + tagLength })
}

/** Takes a whole body apart, into views of it, when `measure` has found its length. None of it is authenticated yet. */
export const parse = (body: Uint8Array, maxFrameLength: number): Result.Result<Header, HeaderError> => {
  const suite = suiteOf(body)
  if (Result.isFailure(suite)) return Result.fail(suite.failure)
  const view = viewOf(body)
  let at = fixedLength
  const take = (length: number): Uint8Array => body.subarray(at, at += length)
  const takeField = (): Uint8Array => {
    const length = view.getUint16(at)
    at += 2
    return take(length)
  }
  const messageId = take(suite.success.messageIdLength)
  const contextAt = at + 2
  const encryptionContext = EncryptionContext.parse(takeField())
  if (encryptionContext === undefined) return malformed("its encryption context is not well-formed", contextAt)
  const count = view.getUint16(at)
  at += 2
  const encryptedDataKeys: Array<EncryptedDataKey> = []
  while (encryptedDataKeys.length < count) {
    const keyAt = at
    const providerId = Utf8.decode(takeField())
    if (providerId === undefined) return malformed("a key provider's id is not UTF-8", keyAt)
    encryptedDataKeys.push({ providerId, providerInfo: takeField(), ciphertext: takeField() })
  }
  const contentType = body[at]
  if (contentType === unframed) return Result.fail(new UnsupportedMessage({ feature: "a body without frames" }))
  if (contentType !== framed) return malformed(`there is no content type ${contentType}`, at)
  const frameLength = view.getUint32(at + 1)
  if (frameLength === 0) return malformed("its frames have no length", at + 1)
  if (frameLength > maxFrameLength) {
    return Result.fail(new LimitExceeded({ what: `bytes of a frame, ${frameLength}`, limit: maxFrameLength }))
  }
  at += 5
  const commitment = take(suite.success.derivedLength)
  return Result.succeed({
    suite: suite.success,
    messageId,
    encryptionContext,
    encryptedDataKeys,
    frameLength,
    commitment
  })
}
