/**
 * Seals 256 MiB into the file named on the command line, or opens it, and tells how many MiB this process needed at most
 * for it beyond what it had before.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs"
import { pieceLength, pieces } from "./Pieces.ts"
import * as Sealing from "./Sealing.ts"

const peak = (): number => process.resourceUsage().maxRSS / 1024

const [, , task, file = ""] = process.argv

function* piecesOf(descriptor: number): Generator<Uint8Array> {
  for (;;) {
    const piece = new Uint8Array(pieceLength)
    const length = readSync(descriptor, piece)
    if (length === 0) return
    yield piece.subarray(0, length)
  }
}

// Once with little, so that what is loaded and compiled on first use is there.
await Sealing.sealAndOpen(pieces.slice(0, 1))
const before = peak()
const descriptor = openSync(file, task === "seal" ? "w" : "r")
if (task === "seal") await Sealing.sealInto(pieces, (bytes) => writeSync(descriptor, bytes))
else await Sealing.openStream(piecesOf(descriptor))
process.send?.(peak() - before)
closeSync(descriptor)
