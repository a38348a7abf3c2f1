/**
 * The journal as text: one line a fact, each the SHA-256 of its JSON, a space, the JSON.
 *
 * - `{"journal":7,"sequence":41}` begins the journal: so many commits came before.
 * - `{"sequence":42,"changes":[{"put":"id","value":…},{"remove":"id"}]}` is a commit on its way.
 * - `{"committed":42}` says that commits up to this one are on the disk: from here on, readers see them.
 * - `{"next":8}` ends the journal: every record file is up to date, and journal 8 goes on.
 */
import { frozenCopy } from "@keystead/core/storage/Acceptable"
import type { Json } from "@keystead/core/storage/Storage"
import { Buffer } from "node:buffer"
import { checksum } from "./Checksum.ts"
import { parseJson } from "./Json.ts"

/** What a commit made of one record. */
export interface RecordChange {
  readonly id: string
  /** Absent when the record was removed. */
  readonly value?: Json
}

/** One commit. Its number is the version of the records that it put. */
export interface Entry {
  readonly sequence: number
  readonly changes: ReadonlyArray<RecordChange>
}

/** The line that begins a journal. */
export const beginLine = (journal: number, sequence: number): string => line({ journal, sequence })
/** The line that lets readers see the commits up to this one. */
export const committedLine = (sequence: number): string => line({ committed: sequence })
/** The line that ends a journal, and names the one that goes on. */
export const nextLine = (journal: number): string => line({ next: journal })
/** The line of a commit on its way. */
export const entryLine = ({ changes, sequence }: Entry): string =>
  line({
    sequence,
    changes: changes.map(({ id, value }) => value === undefined ? { remove: id } : { put: id, value })
  })

const line = (fact: object): string => {
  const json = JSON.stringify(fact)
  return `${checksum(json)} ${json}\n`
}

/** What the first line of a journal says, and where the rest begins; `undefined` when it is no such line. */
export const readBegin = (bytes: Uint8Array) => {
  const end = bytes.indexOf(NEWLINE) + 1
  const fact = factOf(bytes.subarray(0, Math.max(end - 1, 0)))
  if (fact === undefined || !isCount(fact["journal"]) || !isCount(fact["sequence"])) return undefined
  return { journal: fact["journal"], sequence: fact["sequence"], length: end }
}

/** What stretch of a journal, read on from where a reader was, tells. */
export interface Stretch {
  /** Commits that are on the disk, in order. */
  readonly committed: ReadonlyArray<Entry>
  /** How many bytes these and their marks take: here the next stretch begins. */
  readonly length: number
  /** Whole commits behind them that no mark follows: on their way, or left behind by a writer that died. */
  readonly pending: ReadonlyArray<Entry>
  /** Where those end. What lies behind is a line that broke off. */
  readonly pendingEnd: number
  /** The journal that goes on, when this one has ended. */
  readonly next?: number
}

/** Reads on after the commit `sequence`. A number in place of a stretch: there, a line is not what was written. */
export const readStretch = (bytes: Uint8Array, sequence: number): Stretch | number => {
  const committed: Array<Entry> = []
  let pending: Array<Entry> = []
  let [last, length, pendingEnd, broken] = [sequence, 0, 0, -1]
  for (let start = 0, end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const fact = factOf(bytes.subarray(start, end))
    if (fact === undefined) {
      // At the end, a writer died here. Before a good line, it is damage: writers cut off what broke before they go on.
      if (broken < 0) broken = start
    } else {
      if (broken >= 0) return broken
      const entry = entryOf(fact)
      if (entry !== undefined) {
        // A number that was given before: from a writer that had lost its lock. Someone else's commit has it.
        if (entry.sequence > last + 1) return start
        if (entry.sequence === last + 1) pending.push(entry)
        last = Math.max(last, entry.sequence)
      } else if (isCount(fact["committed"]) && fact["committed"] <= last) {
        const mark = fact["committed"]
        committed.push(...pending.filter((each) => each.sequence <= mark))
        pending = pending.filter((each) => each.sequence > mark)
        length = end + 1
      } else if (isCount(fact["next"]) && pending.length === 0) {
        return { committed, length: end + 1, pending, pendingEnd: end + 1, next: fact["next"] }
      } else {
        return start
      }
      pendingEnd = end + 1
    }
    start = end + 1
  }
  return { committed, length, pending, pendingEnd }
}

const NEWLINE = 0x0a
const CHECKSUM_LENGTH = 64

/** The object that a line without its end holds; `undefined` when a bit of it is not what was written. */
const factOf = (bytes: Uint8Array): Record<string, unknown> | undefined => {
  const json = bytes.subarray(CHECKSUM_LENGTH + 1)
  if (Buffer.from(bytes.subarray(0, CHECKSUM_LENGTH + 1)).toString("latin1") !== `${checksum(json)} `) return undefined
  const fact = parseJson(Buffer.from(json).toString())
  return isObject(fact) ? fact : undefined
}

const entryOf = ({ changes, sequence }: Record<string, unknown>): Entry | undefined => {
  if (!isCount(sequence) || !Array.isArray(changes)) return undefined
  return { sequence, changes: changes.map(changeOf).filter((change) => change !== undefined) }
}

const changeOf = (change: unknown): RecordChange | undefined => {
  if (!isObject(change)) return undefined
  if (typeof change["remove"] === "string") return { id: change["remove"] }
  const value = frozenCopy(change["value"])
  return typeof change["put"] === "string" && value !== undefined ? { id: change["put"], value } : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null
const isCount = (value: unknown): value is number => Number.isSafeInteger(value)
