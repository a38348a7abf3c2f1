/** Makes a message: the header, then frame after frame. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AesGcm, Crypto, Sealed } from "../crypto/Crypto.ts"
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
  readonly regular: Frames.Layout
  readonly queue: ByteQueue
  readonly gather: Gather
  /** The next frame's number. */
  sequence: number
  /** Bytes of plaintext so far. */
  sealed: number
}

/** Begins the next frame, out of the queue. */
const sealFrame = (
  { cipher, data, gather, queue, sequence }: State,
  layout: Frames.Layout
): Effect.Effect<Sealed> => {
  const { kind, length, prefixLength } = layout
  const prefixAt = gather.grow(prefixLength)
  Frames.putPrefix(gather.view, prefixAt, sequence, layout)
  return cipher.sealDetached(data.nonce(sequence), data.associated(kind, sequence, length), queue.take(length))
}

const endFrame = (state: State, { length }: Frames.Layout, { ciphertext, tag }: Sealed): void => {
  state.gather.add(ciphertext)
  state.gather.add(tag)
  state.sequence++
  state.sealed += length
}

// The last full frame stays in the queue until more comes or all has come: then it is the final frame.
const sealFrames = Effect.fnUntraced(function*(state: State) {
  const before = state.sealed
  const { queue, regular } = state
  while (queue.length > regular.length && state.sealed < before + stepLength) {
    if (state.sequence > Frames.maxRegularFrames) return yield* tooManyFrames()
    endFrame(state, regular, yield* sealFrame(state, regular))
  }
  return state.sealed > before
})

const sealFinal = Effect.fnUntraced(function*(state: State) {
  const layout = Frames.layoutFor("final", state.queue.length)
  endFrame(state, layout, yield* sealFrame(state, layout))
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
  const [data, regular] = [Frames.frameData(messageId), Frames.layoutFor("regular", frameLength)]
  const state: State = { cipher, data, regular, queue, gather, sequence: 1, sealed: 0 }
  const told = () => {
    onProgress(state.sealed)
    return gather.take()
  }
  return {
    push: (bytes) => queue.push(bytes),
    // The header waits for the first frame: a small message then comes in one piece.
    drain: Effect.map(Effect.suspend(() => sealFrames(state)), (some) => some ? told() : []),
    finish: Effect.map(Effect.suspend(() => sealFinal(state)), told)
  }
})
