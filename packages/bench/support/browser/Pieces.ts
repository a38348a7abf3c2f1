/** The data of the browser's suite, and streams of it. */

/** As much as a file's stream gives at once, or less. */
export const pieceLength = 512 * 1024

/** What is sealed and opened in memory: 64 MiB. */
export const totalLength = 64 * 2 ** 20

const piece = new Uint8Array(pieceLength)
for (let at = 0; at < pieceLength; at += 65_536) crypto.getRandomValues(piece.subarray(at, at + 65_536))

/** So many bytes, all of them in the same memory. */
export function* piecesOf(length: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < length; at += pieceLength) yield piece
}

/** 64 MiB of them. */
export const pieces: ReadonlyArray<Uint8Array<ArrayBuffer>> = [...piecesOf(totalLength)]

/** A stream of these pieces, as they are asked for. */
export const streamOf = (pieces: Iterable<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const next = pieces[Symbol.iterator]()
  return new ReadableStream({
    pull: (controller) => {
      const { done, value } = next.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    }
  })
}

/** A stream's end that forgets what comes. */
export const forget = (): WritableStream<Uint8Array> => new WritableStream({ write: () => undefined })

/** All that comes out of a stream. */
export const collect = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await new Response(stream).arrayBuffer())

/** Bytes in pieces of the length of a piece. */
export const cut = (bytes: Uint8Array<ArrayBuffer>): ReadonlyArray<Uint8Array<ArrayBuffer>> =>
  Array.from(
    { length: Math.ceil(bytes.length / pieceLength) },
    (_, index) => bytes.subarray(index * pieceLength, (index + 1) * pieceLength)
  )
