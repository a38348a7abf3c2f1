/** Makes a message: the header, then frame after frame. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AesGcm, Crypto } from "../crypto/Crypto.ts"
import { ByteQueue } from "./ByteQueue.ts"
import type { SealError } from "./Errors.ts"
import * as Frames from "./Frames.ts"
import { Gather } from "./Gather.ts"
import { type Machine, stepLength } from "./Machine.ts"
import { type SealOptions, start } from "./SealHeader.ts"
import * as Secrets from "./Secrets.ts"
import { tooManyFrames } from "./Whole.ts"

/** How far a message has been made. */
interface State {
  readonly cipher: AesGcm
  readonly data: Frames.FrameData
  readonly frameLength: number
  readonly queue: ByteQueue
  readonly gather: Gather
  /** The next frame's number. */
  sequence: number
  /** Bytes of plaintext so far. */
  sealed: number
}

/** Seals the next frame, out of the queue. */
const sealFrame = (state: State, kind: Frames.Kind, length: number): Effect.Effect<void> => {
  const { cipher, data, gather, queue, sequence } = state
  const layout = Frames.layoutFor(kind, length)
  const prefix = new Uint8Array(layout.prefixLength)
  Frames.putPrefix(new DataView(prefix.buffer), 0, sequence, layout)
  const aad = data[kind](sequence, length)
  return Effect.map(cipher.sealDetached(Frames.nonceOf(prefix, layout), aad, queue.take(length)), (frame) => {
    gather.add(prefix)
    gather.add(frame.ciphertext)
    gather.add(frame.tag)
    state.sequence++
    state.sealed += length
  })
}

// The last full frame stays in the queue until more comes or all has come: then it is the final frame.
const sealFrames = Effect.fnUntraced(function*(state: State) {
  const before = state.sealed
  while (state.queue.length > state.frameLength && state.sealed < before + stepLength) {
    if (state.sequence > Frames.maxRegularFrames) return yield* tooManyFrames()
    yield* sealFrame(state, "regular", state.frameLength)
  }
  return state.sealed > before
})

/** A machine from plaintext to message. `onProgress` hears how many bytes of plaintext are sealed, after each step. */
export const make = Effect.fnUntraced(function*<E, R>(
  options: SealOptions<E, R>,
  onProgress: (sealed: number) => void
): Effect.fn.Return<Machine<SealError | E, R>, SealError | E, R | Crypto | Scope.Scope> {
  const secrets = yield* Secrets.inScope
  const queue = new ByteQueue()
  secrets.onWipe(() => queue.clear())
  const { cipher, frameLength, header, messageId } = yield* start(options, secrets)
  const gather = new Gather()
  header.forEach((piece) => gather.add(piece))
  const data = Frames.frameData(messageId)
  const state: State = { cipher, data, frameLength, queue, gather, sequence: 1, sealed: 0 }
  const told = () => {
    onProgress(state.sealed)
    return gather.take()
  }
  return {
    push: (bytes) => queue.push(bytes),
    // The header waits for the first frame: a small message then comes in one piece.
    drain: Effect.map(Effect.suspend(() => sealFrames(state)), (some) => some ? told() : []),
    finish: Effect.map(Effect.suspend(() => sealFrame(state, "final", queue.length)), told)
  }
})
