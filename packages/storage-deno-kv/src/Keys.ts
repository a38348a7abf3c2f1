/** Where the store keeps what: everything is under `keystead`, and other keys may lie beside it. */
import { MAX_ID_BYTES } from "@keystead/core/storage/Acceptable"
import { compareIds } from "@keystead/core/storage/Storage"
import * as Utf8 from "@keystead/core/Utf8"
import type { Key } from "./Kv.ts"

const root = "keystead"

/** Written by every commit: its versionstamp names the last one, its value the format. */
export const last: Key = [root, "last"]

/** The commit that is too large for one atomic operation and under way, if there is one. */
export const large: Key = [root, "large"]

/** A record, as JSON text; or of how many parts its text is. */
export const record = (id: string): Key => [root, "record", id]

/** A part of a record's text. */
export const part = (id: string, index: number): Key => [root, "part", id, index]

/** A piece of what a large commit will do, by when it was staged and its name. */
export const piece = (time: number, name: string, index: number): Key => [root, "stage", time, name, index]

/** All pieces that were staged before that time. */
export const staged = (before: number) => ({ start: [root, "stage"], end: [root, "stage", before] })

/** The range of records whose ids begin with the prefix and come after `after`, where it is given. */
export const range = (prefix: string, after: string | undefined) => ({
  // The next text after one is the same with a zero behind it.
  start: record(after === undefined || compareIds(after, prefix) < 0 ? prefix : `${after}\u0000`),
  end: record(prefix + "\u{10ffff}".repeat((MAX_ID_BYTES - Utf8.encode(prefix).length) / 4 + 1))
})

/** How many bytes a key takes: a text its UTF-8 bytes, zeros twice, with one before and one behind; a number nine. */
export const lengthOf = (key: Key): number => key.reduce<number>((sum, part) => sum + partLength(part), 0)

const partLength = (part: string | number): number => {
  if (typeof part === "number") return 9
  const bytes = Utf8.encode(part)
  return bytes.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), bytes.length + 2)
}
