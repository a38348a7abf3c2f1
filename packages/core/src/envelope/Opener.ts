/**
 * Opens a message: the header, then frame after frame, each of which is released only when it is authentic. The end of
 * a message is authentic too: without the final frame, or with anything after it, opening fails.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AesGcm, Crypto, ToOpen } from "../crypto/Crypto.ts"
import { ByteQueue } from "./ByteQueue.ts"
import { MalformedMessage, type OpenError, TruncatedMessage } from "./Errors.ts"
import * as Frames from "./Frames.ts"
import { Gather } from "./Gather.ts"
import type { Header } from "./Header.ts"
import * as HeaderParser from "./HeaderParser.ts"
import { tagLength } from "./Limits.ts"
import { type Machine, stepLength } from "./Machine.ts"
import { openHeader, type OpenOptions, tampered } from "./OpenHeader.ts"
import * as Secrets from "./Secrets.ts"

/** Who hears of what is done, and when it is known to be authentic. */
export interface Listener {
  /** The message's header, before any of its plaintext. */
  readonly onHeader: (header: Header) => void
  /** How many bytes of plaintext have been opened, after each step. */
  readonly onProgress: (opened: number) => void
}

/** The frames of a message whose header is authentic. */
interface Body {
  readonly header: Header
  readonly cipher: AesGcm
  readonly data: Frames.FrameData
}

/** How far a message has been read. */
interface State {
  readonly queue: ByteQueue
  readonly gather: Gather
  /** Bytes of the header that are needed to read on: one to begin with, which tells the version. */
  needed: number
  body: Body | undefined
  /** Whether the final frame was opened. */
  ended: boolean
  /** The next frame's number. */
  sequence: number
  /** Bytes that have left the queue. */
  consumed: number
  /** Bytes of plaintext so far. */
  opened: number
}

const take = (state: State, length: number): Uint8Array => {
  state.consumed += length
  return state.queue.take(length)
}

const malformed = (state: State, problem: string) => new MalformedMessage({ problem, offset: state.consumed })

/** Reads the header as far as it is there. */
const readHeader = Effect.fnUntraced(function*<E, R>(
  state: State,
  options: OpenOptions<E, R>,
  listener: Listener,
  secrets: Secrets.Secrets
) {
  while (state.body === undefined && state.queue.length >= state.needed) {
    const { bodyLength, needed } = yield* Effect.fromResult(HeaderParser.measure(state.queue.peek(state.needed)))
    state.needed = needed
    if (bodyLength === undefined || state.queue.length < needed) continue
    const bytes = take(state, needed)
    const { cipher, header } = yield* openHeader(options, bytes.slice(0, bodyLength), bytes.slice(bodyLength), secrets)
    listener.onHeader(header)
    state.body = { header, cipher, data: Frames.frameData(header.messageId) }
  }
})

/** The next frame if all of it is there, or what is wrong with it. */
const nextFrame = ({ queue, sequence }: State, { header }: Body): Frames.Layout | string | undefined => {
  const layout = Frames.layoutOf(queue.peek(Frames.finalPrefixLength), sequence, header.frameLength)
  if (layout === undefined || typeof layout === "string") return layout
  return queue.length < layout.prefixLength + layout.length + tagLength ? undefined : layout
}

/** The next frame, all of which is there: its memory is used again for the one after it. */
const takeFrame = (state: State, { data }: Body, layout: Frames.Layout): ToOpen => {
  const frame = take(state, layout.prefixLength + layout.length + tagLength)
  const aad = data.associated(layout.kind, state.sequence, layout.length)
  state.sequence++
  return { nonce: Frames.nonceOf(frame, layout), aad, sealed: frame.subarray(layout.prefixLength) }
}

/** The regular frames of one step, as they are asked for, from this one on. */
const regularFrames = function*(state: State, body: Body, first: Frames.Layout): Generator<ToOpen> {
  let layout: Frames.Layout | string | undefined = first
  for (let opened = 0; opened < stepLength && Frames.isRegular(layout); opened += first.length) {
    yield takeFrame(state, body, layout)
    layout = nextFrame(state, body)
  }
}

const give = (state: State, plaintext: Uint8Array): void => {
  state.gather.add(plaintext)
  state.opened += plaintext.length
}

/** Opens frames, up to a step's worth of them and the final one, and tells whether there were any. */
const readFrames = Effect.fnUntraced(function*(state: State, body: Body) {
  if (state.ended) return false
  const before = state.sequence
  const first = nextFrame(state, body)
  if (Frames.isRegular(first)) {
    const opened = yield* body.cipher.openEach(regularFrames(state, body, first))
    opened.forEach((plaintext) => give(state, plaintext))
  }
  const next = nextFrame(state, body)
  if (typeof next === "string") return yield* malformed(state, next)
  if (next?.kind === "final") {
    const { aad, nonce, sealed } = takeFrame(state, body, next)
    give(state, yield* body.cipher.open(nonce, aad, sealed))
    state.ended = true
  }
  return state.sequence > before
}, Effect.mapError((error) => error._tag === "NotAuthentic" ? tampered() : error))

/** A machine from message to plaintext. */
export const make = Effect.fnUntraced(function*<E, R>(
  options: OpenOptions<E, R>,
  listener: Listener
): Effect.fn.Return<Machine<OpenError | E, R | Crypto>, never, Scope.Scope> {
  const secrets = yield* Secrets.inScope
  const queue = new ByteQueue()
  secrets.onWipe(() => queue.clear())
  const gather = new Gather()
  const state: State = { queue, gather, needed: 1, body: undefined, ended: false, sequence: 1, consumed: 0, opened: 0 }

  const drain = Effect.gen(function*() {
    if (state.body === undefined) yield* readHeader(state, options, listener, secrets)
    if (state.body === undefined) return gather.take()
    const some = yield* readFrames(state, state.body)
    if (state.ended && queue.length > 0) return yield* malformed(state, Frames.trailing)
    if (some) listener.onProgress(state.opened)
    return gather.take()
  })

  const finish = Effect.suspend(() =>
    state.ended ? Effect.succeed([]) : Effect.fail(new TruncatedMessage({ received: state.consumed + queue.length }))
  )

  return { push: (bytes) => queue.push(bytes), drain, finish }
})
