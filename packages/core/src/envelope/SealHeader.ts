/** Begins a message: its data key, its keys, its header. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Crypto } from "../crypto/Crypto.ts"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import { committingAes256 } from "./AlgorithmSuite.ts"
import * as ContextBytes from "./ContextBytes.ts"
import type { NewDataKeys } from "./DataKeys.ts"
import * as Header from "./Header.ts"
import { defaultFrameLength, maxFormatFrameLength } from "./Limits.ts"
import * as MessageKeys from "./MessageKeys.ts"
import type { Secrets } from "./Secrets.ts"

/** What a message is made with. */
export interface SealOptions<E = never, R = never> {
  /** Where its data key comes from. */
  readonly dataKeys: NewDataKeys<E, R>
  /** Pairs that are bound to the message, and stand in it for everyone to read. None by default. */
  readonly encryptionContext?: EncryptionContext | undefined
  /** Bytes of plaintext in a frame, 1 to 4,294,967,295; 65,536 by default. Readers hold a whole frame in memory. */
  readonly frameLength?: number | undefined
}

/** A new message's header, in pieces, and what seals its frames. */
export const start = Effect.fnUntraced(
  function*<E, R>(options: SealOptions<E, R>, secrets: Secrets) {
    const frameLength = options.frameLength ?? defaultFrameLength
    if (!Number.isInteger(frameLength) || frameLength < 1 || frameLength > maxFormatFrameLength) {
      return yield* Effect.die(new RangeError(`A frame has 1 to ${maxFormatFrameLength} bytes, not ${frameLength}`))
    }
    const encryptionContext = options.encryptionContext ?? {}
    const context = ContextBytes.make(encryptionContext)
    if (Result.isFailure(context)) return yield* context.failure
    const suite = committingAes256
    const dataKey = yield* Effect.map(options.dataKeys.generate(encryptionContext), (dataKey) => {
      secrets.add(dataKey.plaintext)
      return dataKey
    })
    if (dataKey.plaintext.length !== suite.dataKeyLength) {
      const given = dataKey.plaintext.length
      return yield* Effect.die(new RangeError(`A data key has ${suite.dataKeyLength} bytes, this one has ${given}`))
    }
    const messageId = yield* (yield* Crypto).randomBytes(suite.messageIdLength)
    const { cipher, commitment } = yield* MessageKeys.derive(suite, dataKey.plaintext, messageId, secrets)
    const encryptedDataKeys = dataKey.encrypted
    const header: Header.Header = { suite, messageId, encryptionContext, encryptedDataKeys, frameLength, commitment }
    const body = Header.write(header, context.success)
    if (Result.isFailure(body)) return yield* body.failure
    const { tag } = yield* cipher.sealDetached(MessageKeys.headerNonce, body.success, MessageKeys.nothing)
    return { cipher, frameLength, messageId, header: [body.success, tag] }
  }
)
