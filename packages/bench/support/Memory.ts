/**
 * Seals 256 MiB into the file named on the command line, or opens that file into another, and tells how many MiB this
 * process needed at most for it beyond what it had before. As the `keystead` command does, it gives the memory of each
 * piece back when that is written.
 */
import { release } from "@keystead/runtime-node/Release"
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
const output = openSync(task === "seal" ? file : `${file}.opened`, "w")
const write = (bytes: Uint8Array): void => {
  writeSync(output, bytes)
  release(bytes)
}
if (task === "seal") {
  await Sealing.sealInto(pieces, write)
} else {
  const input = openSync(file, "r")
  await Sealing.openInto(piecesOf(input), write)
  closeSync(input)
}
process.send?.(peak() - before)
closeSync(output)
