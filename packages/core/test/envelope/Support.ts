/** What the envelope's tests share. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Crypto } from "../../src/crypto/Crypto.ts"
import * as Noble from "../../src/crypto/Noble.ts"
import { insecureSeeded } from "../../src/crypto/SeededRandom.ts"
import * as Envelope from "../../src/envelope/Envelope.ts"
import { rawAes, type RawAesKey } from "./RawAes.ts"

/** A key in memory, of which there is one for each number. */
export const aKey = (number: number): RawAesKey => ({
  namespace: "keystead-tests",
  name: `key ${number}`,
  key: new Uint8Array(32).fill(number)
})

/** Data keys under the first key. */
export const dataKeys = rawAes([aKey(1)])

const layer = Noble.layer(insecureSeeded("envelope tests"))

/** Runs with the noble layer. */
export const run = <A, E>(effect: Effect.Effect<A, E, Crypto>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, layer))

/** Runs with a random source of its own, so that the same effect gives the same bytes each time. */
export const runAlike = <A, E>(effect: Effect.Effect<A, E, Crypto>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, Noble.layer(insecureSeeded("the same each time"))))

/** The error of an effect that must fail. */
export const errorOf = <A, E>(effect: Effect.Effect<A, E, Crypto>): Promise<E> => run(Effect.flip(effect))

/** Bytes that differ from their neighbours, so that no mistake of place goes unseen. */
export const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 255)

/** Several pieces as one. */
export const joined = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => Uint8Array.from(Buffer.concat(pieces))

/** Cuts bytes at these places, taken modulo the length. */
export const cutAt = (bytes: Uint8Array, places: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end))
}

const oneByOne = (pieces: Iterable<Uint8Array>) => Stream.rechunk(Stream.fromIterable(pieces), 1)

/** Seals pieces through the stream. */
export const sealPieces = <E, R extends Crypto>(
  pieces: Iterable<Uint8Array>,
  options: Envelope.SealStreamOptions<E, R>
) => Effect.map(Stream.runCollect(oneByOne(pieces).pipe(Envelope.sealStream(options))), joined)

/** Opens pieces through the stream. */
export const openPieces = <E, R extends Crypto>(
  pieces: Iterable<Uint8Array>,
  options: Envelope.OpenStreamOptions<E, R>
) => Effect.map(Stream.runCollect(oneByOne(pieces).pipe(Envelope.openStream(options))), joined)
