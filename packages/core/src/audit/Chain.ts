/**
 * Audit events as a chain: each entry carries the hash of the one before it, so that an event that was altered, removed
 * from the middle, or put in shows. Each writer, which is one process, has a chain of its own, with a name of its own.
 *
 * What a chain cannot show is that its last entries are missing, or that a whole chain was replaced: keep the files where
 * the writer may append and not change.
 */
import { bytesToHex } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import { canonicalJson } from "../crypto/CanonicalJson.ts"
import { Crypto } from "../crypto/Crypto.ts"
import type { Json } from "../storage/Storage.ts"
import * as Utf8 from "../Utf8.ts"

/** One link. */
export interface Entry {
  /** Names the writer: no two have the same. */
  readonly writer: string
  /** Counts the writer's entries from 0. */
  readonly sequence: number
  /** The hash of the writer's entry before; 64 zeros for its first. */
  readonly previous: string
  readonly event: Json
  /** SHA-256 of the canonical JSON of the members above, 64 hexadecimal digits. */
  readonly hash: string
}

/** Where a writer's chain stands. */
export interface Tail {
  readonly writer: string
  readonly sequence: number
  readonly previous: string
}

/** The beginning of a writer's chain. */
export const begin = (writer: string): Tail => ({ writer, sequence: 0, previous: "0".repeat(64) })

const hashOf = (tail: Tail, event: Json): Effect.Effect<string, never, Crypto> =>
  Effect.flatMap(Crypto, (crypto) => {
    const { previous, sequence, writer } = tail
    return Effect.map(crypto.sha256(Utf8.encode(canonicalJson({ writer, sequence, previous, event }))), bytesToHex)
  })

const after = ({ hash, sequence, writer }: Entry): Tail => ({ writer, sequence: sequence + 1, previous: hash })

/** The entry for the next event, and where the chain stands after it. */
export const link = (
  tail: Tail,
  event: Json
): Effect.Effect<{ readonly entry: Entry; readonly tail: Tail }, never, Crypto> =>
  Effect.map(hashOf(tail, event), (hash) => {
    const entry = { ...tail, event, hash }
    return { entry, tail: after(entry) }
  })

/** What a check of entries found. */
export type Checked =
  | { readonly intact: true; readonly entries: number; readonly writers: number }
  /** The first entry, counted from 1, that does not follow from those before it. */
  | { readonly intact: false; readonly line: number; readonly reason: string }

const isObject = (value: unknown): value is { readonly [member: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Reads a line of JSON as an entry; undefined if it is none. */
const readEntry = (line: string): Entry | undefined => {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const { event, hash, previous, sequence, writer } = value
  return typeof writer === "string" && typeof sequence === "number" && typeof previous === "string"
      && typeof hash === "string" && event !== undefined
    ? { writer, sequence, previous, event, hash }
    : undefined
}

const fault = Effect.fnUntraced(function*(line: string, tails: Map<string, Tail>) {
  const entry = readEntry(line)
  if (entry === undefined) return "it is no entry of an audit trail"
  const tail = tails.get(entry.writer) ?? begin(entry.writer)
  if (entry.sequence !== tail.sequence) return `entry ${tail.sequence} of writer ${entry.writer} is missing before it`
  if (entry.previous !== tail.previous) return "the entry before it is not the one that it was written after"
  if (entry.hash !== (yield* hashOf(tail, entry.event))) return "it was altered"
  tails.set(entry.writer, after(entry))
  return undefined
})

/** Checks lines of JSON, one entry a line; the chains of several writers may be mixed. */
export const verify = Effect.fnUntraced(function*(lines: Iterable<string>): Effect.fn.Return<Checked, never, Crypto> {
  const tails = new Map<string, Tail>()
  let count = 0
  for (const line of lines) {
    count++
    const reason = yield* fault(line, tails)
    if (reason !== undefined) return { intact: false, line: count, reason }
  }
  return { intact: true, entries: count, writers: tails.size }
})
