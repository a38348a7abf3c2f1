/** Makes a message: the header, then frame after frame. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AesGcm, Crypto, Sealed, ToSeal } from "../crypto/Crypto.ts"
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

/** The next frame, out of the queue: its memory is used again for the one after it. */
const nextFrame = (state: State, { kind, length }: Frames.Layout): ToSeal => {
  const { data, queue, sequence } = state
  state.sequence++
  return {
    nonce: data.nonce(sequence),
    aad: data.associated(kind, sequence, length),
    plaintext: queue.take(length)
  }
}

const put = ({ gather }: State, sequence: number, layout: Frames.Layout, { ciphertext, tag }: Sealed): void => {
  const prefixAt = gather.grow(layout.prefixLength)
  Frames.putPrefix(gather.view, prefixAt, sequence, layout)
  gather.add(ciphertext)
  gather.add(tag)
}

// The last full frame stays in the queue until more comes or all has come: then it is the final frame.
const isRegular = ({ queue, regular }: State): boolean => queue.length > regular.length

/** The regular frames of one step, as they are asked for. */
const regularFrames = function*(state: State): Generator<ToSeal> {
  for (let length = 0; length < stepLength && isRegular(state); length += state.regular.length) {
    if (state.sequence > Frames.maxRegularFrames) return
    yield nextFrame(state, state.regular)
  }
}

const sealFrames = Effect.fnUntraced(function*(state: State) {
  if (!isRegular(state)) return false
  const first = state.sequence
  if (first > Frames.maxRegularFrames) return yield* tooManyFrames()
  const frames = yield* state.cipher.sealEach(regularFrames(state))
  frames.forEach((frame, index) => put(state, first + index, state.regular, frame))
  state.sealed += frames.length * state.regular.length
  return true
})

const sealFinal = Effect.fnUntraced(function*(state: State) {
  const layout = Frames.layoutFor("final", state.queue.length)
  const { sequence } = state
  const { aad, nonce, plaintext } = nextFrame(state, layout)
  put(state, sequence, layout, yield* state.cipher.sealDetached(nonce, aad, plaintext))
  state.sealed += layout.length
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
