/** Keystead's side of the envelope suite. */
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as Envelope from "@keystead/core/envelope/Envelope"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { cut, small } from "./Pieces.ts"
import { rawAes } from "./RawAes.ts"
import { wrappingKey } from "./WrappingKey.ts"

const services = await Effect.runPromise(Effect.provide(Effect.context<Crypto>(), NodeCrypto.layer))
const run = Effect.runPromiseWith(services)
const runSync = Effect.runSyncWith(services)
const dataKeys = rawAes(runSync(Crypto.use((crypto) => crypto.aesGcm(wrappingKey))))
const options = { dataKeys, encryptionContext: { purpose: "bench" } }

/** One piece at a time, as they come from a file. */
const streamOf = (pieces: Iterable<Uint8Array>) => Stream.fromIterable(pieces, { chunkSize: 1 })

/** Seals a stream of these pieces, and gives the message's away. */
export const sealInto = (pieces: Iterable<Uint8Array>, give: (piece: Uint8Array) => void): Promise<void> =>
  run(Stream.runForEach(streamOf(pieces).pipe(Envelope.sealStream(options)), (piece) => Effect.sync(() => give(piece))))

/** Seals a stream of these pieces, and forgets the message. */
export const sealStream = (pieces: Iterable<Uint8Array>): Promise<void> =>
  run(Stream.runDrain(streamOf(pieces).pipe(Envelope.sealStream(options))))

/** Opens a stream of these pieces of a message, and forgets the plaintext. */
export const openStream = (pieces: Iterable<Uint8Array>): Promise<void> =>
  run(Stream.runDrain(streamOf(pieces).pipe(Envelope.openStream(options))))

/** Opens a stream of these pieces of a message, and gives the plaintext's away. */
export const openInto = (pieces: Iterable<Uint8Array>, give: (piece: Uint8Array) => void): Promise<void> =>
  run(Stream.runForEach(streamOf(pieces).pipe(Envelope.openStream(options)), (piece) => Effect.sync(() => give(piece))))

/** Seals a stream of these pieces, and opens what comes out at once. */
export const sealAndOpen = (pieces: Iterable<Uint8Array>): Promise<void> =>
  run(Stream.runDrain(streamOf(pieces).pipe(Envelope.sealStream(options), Envelope.openStream(options))))

/** The message of these pieces, in pieces as a program reads them of a file. */
export const sealedPieces = async (pieces: Iterable<Uint8Array>): Promise<ReadonlyArray<Uint8Array>> =>
  cut(Buffer.concat(await run(Stream.runCollect(streamOf(pieces).pipe(Envelope.sealStream(options))))))

/** Seals 1 KiB in memory. */
export const seal = (): Uint8Array => runSync(Envelope.seal(small, options))

/** Opens a message in memory. */
export const open = (message: Uint8Array): unknown => runSync(Envelope.open(message, options))
