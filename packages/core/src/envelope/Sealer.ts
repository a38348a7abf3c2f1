/** Makes a message: the header, then frame after frame. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Crypto } from "../crypto/Crypto.ts"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import { committingAes256 } from "./AlgorithmSuite.ts"
import { ByteQueue } from "./ByteQueue.ts"
import * as ContextBytes from "./ContextBytes.ts"
import type { NewDataKeys } from "./DataKeys.ts"
import { LimitExceeded, type SealError } from "./Errors.ts"
import * as Frames from "./Frames.ts"
import { Gather } from "./Gather.ts"
import * as Header from "./Header.ts"
import { defaultFrameLength, maxFormatFrameLength } from "./Limits.ts"
import { type Machine, stepLength } from "./Machine.ts"
import * as MessageKeys from "./MessageKeys.ts"
import * as Secrets from "./Secrets.ts"

/** What a message is made with. */
export interface SealOptions<E = never, R = never> {
  /** Where its data key comes from. */
  readonly dataKeys: NewDataKeys<E, R>
  /** Pairs that are bound to the message, and stand in it for everyone to read. None by default. */
  readonly encryptionContext?: EncryptionContext | undefined
  /** Bytes of plaintext in a frame, 1 to 4,294,967,295; 65,536 by default. Readers hold a whole frame in memory. */
  readonly frameLength?: number | undefined
}

/** The header's bytes, tag included, and the keys of the frames that follow. */
const start = Effect.fnUntraced(
  function*<E, R>(options: SealOptions<E, R>, frameLength: number, secrets: Secrets.Secrets) {
    if (!Number.isInteger(frameLength) || frameLength < 1 || frameLength > maxFormatFrameLength) {
      return yield* Effect.die(new RangeError(`A frame has 1 to ${maxFormatFrameLength} bytes, not ${frameLength}`))
    }
    const encryptionContext = options.encryptionContext ?? {}
    const context = yield* Effect.fromResult(ContextBytes.make(encryptionContext))
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
    const body = yield* Effect.fromResult(Header.write(header, context))
    const tag = yield* cipher.seal(MessageKeys.headerNonce, body, MessageKeys.nothing)
    return { cipher, messageId, header: [body, tag] }
  }
)

/** A machine from plaintext to message. `onProgress` hears how many bytes of plaintext are sealed, after each step. */
export const make = Effect.fnUntraced(function*<E, R>(
  options: SealOptions<E, R>,
  onProgress: (sealed: number) => void
): Effect.fn.Return<Machine<SealError | E, R>, SealError | E, R | Crypto | Scope.Scope> {
  const frameLength = options.frameLength ?? defaultFrameLength
  const secrets = yield* Secrets.inScope
  const queue = new ByteQueue()
  secrets.onWipe(() => queue.clear())
  const { cipher, header, messageId } = yield* start(options, frameLength, secrets)
  const data = Frames.frameData(messageId)
  const gather = new Gather()
  header.forEach((piece) => gather.add(piece))
  let sequence = 1
  let sealed = 0

  const frame = Effect.fnUntraced(function*(kind: Frames.Kind, length: number) {
    const prefix = kind === "regular" ? Frames.regularPrefix(sequence) : Frames.finalPrefix(sequence, length)
    const aad = data[kind](sequence, length)
    const { ciphertext, tag } = yield* cipher.sealDetached(Frames.nonceOf(prefix, { kind }), aad, queue.take(length))
    gather.add(prefix)
    gather.add(ciphertext)
    gather.add(tag)
    sequence++
    sealed += length
  })

  // The last full frame stays in the queue until more comes or all has come: then it is the final frame.
  const drain = Effect.gen(function*() {
    const before = sealed
    while (queue.length > frameLength && sealed < before + stepLength) {
      if (sequence > Frames.maxRegularFrames) return yield* tooManyFrames()
      yield* frame("regular", frameLength)
    }
    // The header waits for the first frame: a small message then comes in one piece.
    if (sealed === before) return []
    onProgress(sealed)
    return gather.take()
  })

  const finish = Effect.gen(function*() {
    yield* frame("final", queue.length)
    onProgress(sealed)
    return gather.take()
  })

  return { push: (bytes) => queue.push(bytes), drain, finish }
})

const tooManyFrames = () =>
  new LimitExceeded({ what: "frames of one message; seal with a larger frameLength", limit: maxFormatFrameLength })
