/** Seals 256 MiB, opens them at once, and tells how many MiB more this process needed for it than it had before. */
import { pieces } from "./Pieces.ts"
import * as Sealing from "./Sealing.ts"

const peak = (): number => process.resourceUsage().maxRSS / 1024

// Once with little, so that what is loaded and compiled on first use is there.
await Sealing.sealAndOpen(pieces.slice(0, 1))
const before = peak()
await Sealing.sealAndOpen(pieces)
process.send?.(peak() - before)
