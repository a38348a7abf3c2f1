/** Reads a message's header and makes sure of it: the data key, the commitment, the tag. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { constantTimeEquals } from "../crypto/ConstantTime.ts"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import * as ContextBytes from "./ContextBytes.ts"
import type { OldDataKeys } from "./DataKeys.ts"
import { ContextMismatch, type InvalidContext, MessageTampered } from "./Errors.ts"
import * as HeaderParser from "./HeaderParser.ts"
import { defaultMaxFrameLength } from "./Limits.ts"
import * as MessageKeys from "./MessageKeys.ts"
import type { Secrets } from "./Secrets.ts"

/** What a message is opened with. */
export interface OpenOptions<E = never, R = never> {
  /** Who decrypts its data key. */
  readonly dataKeys: OldDataKeys<E, R>
  /** Pairs that the message must have been encrypted with; it may have more. None by default. */
  readonly encryptionContext?: EncryptionContext | undefined
  /** Most bytes of plaintext in a frame, which has to be in memory as a whole; 16 MiB by default. */
  readonly maxFrameLength?: number | undefined
}

/** The failure of any tag. */
export const tampered = (): MessageTampered => new MessageTampered()

const contained = (
  given: EncryptionContext,
  message: EncryptionContext
): Result.Result<void, ContextMismatch | InvalidContext> => {
  const valid = ContextBytes.make(given)
  if (Result.isFailure(valid)) return Result.fail(valid.failure)
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(message, key) || message[key] !== value) return Result.fail(new ContextMismatch({ key }))
  }
  return Result.void
}

/** The header of an authentic body and tag, and the cipher of the frames that follow. */
export const openHeader = Effect.fnUntraced(
  function*<E, R>(options: OpenOptions<E, R>, body: Uint8Array, tag: Uint8Array, secrets: Secrets) {
    const maxFrameLength = options.maxFrameLength ?? defaultMaxFrameLength
    const parsed = HeaderParser.parse(body, maxFrameLength)
    if (Result.isFailure(parsed)) return yield* parsed.failure
    const header = parsed.success
    const fits = contained(options.encryptionContext ?? {}, header.encryptionContext)
    if (Result.isFailure(fits)) return yield* fits.failure
    const decrypting = options.dataKeys.decrypt(header.encryptedDataKeys, header.encryptionContext)
    const dataKey = yield* Effect.map(decrypting, (dataKey) => {
      secrets.add(dataKey)
      return dataKey
    })
    // A data key of another length was made for another suite, so this header is not the one it was made with.
    if (dataKey.length !== header.suite.dataKeyLength) return yield* new MessageTampered()
    const { cipher, commitment } = yield* MessageKeys.derive(header.suite, dataKey, header.messageId, secrets)
    if (!constantTimeEquals(commitment, header.commitment)) return yield* new MessageTampered()
    yield* Effect.mapError(cipher.open(MessageKeys.headerNonce, body, tag), tampered)
    return { header, cipher }
  }
)
