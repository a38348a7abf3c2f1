/** A seeded source of ids and values for the contract's checks: the same seed, the same check. */
import type { Json } from "../Storage.ts"

export interface Generator {
  /** An integer from 0 to below the bound. */
  readonly below: (bound: number) => number
  /** One of the items, of which there must be one. */
  readonly pick: <A>(items: readonly [A, ...ReadonlyArray<A>]) => A
  readonly json: () => Json
}

/** Mulberry32 (T. Ettinger): 32 bits of state, good enough to choose tests with. */
export const seeded = (seed: number): Generator => {
  let state = seed
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000 * bound)
  }
  const pick = <A>(items: readonly [A, ...ReadonlyArray<A>]): A => items[below(items.length)] ?? items[0]
  const json = (depth = 3): Json => {
    const kind = below(depth > 0 ? 7 : 5)
    if (kind === 0) return pick([null, true, false])
    if (kind === 1) return pick([0, 1, -1, 0.1, 1e300, 5e-324, Number.MAX_SAFE_INTEGER, below(1000)])
    if (kind <= 4) {
      return pick(["", "text", "\0\n\r\t\"\\", "é e\u0301 😀", "\u2028\ufeff", "__proto__", "x".repeat(below(300))])
    }
    const items = Array.from({ length: below(4) }, () => json(depth - 1))
    return kind === 5
      ? items
      : Object.fromEntries(items.map((item, index) => [pick(["a", "é", "__proto__", ""]) + index, item]))
  }
  return { below, pick, json }
}

/** Ids that have broken stores: names that file systems, shells, SQL and URLs read as something else. */
export const HOSTILE_IDS: readonly [string, ...ReadonlyArray<string>] = [
  "..",
  ".",
  "../..",
  "../../etc/passwd",
  "/",
  "//",
  "/etc/passwd",
  "a",
  "a/",
  "a//",
  "a/b",
  "a//b",
  "a/../b",
  "a/./b",
  "/a",
  ".hidden",
  "...",
  "a.",
  "a. ",
  "a ",
  " a",
  "a.json",
  "a.json/b",
  "a.json.",
  "a/b.json",
  ".json",
  "a.tmp",
  "a~",
  "~",
  "~root",
  "\0",
  "a\0b",
  "\u0001",
  "\n",
  "a\nb",
  "\r",
  "\t",
  "\x7f",
  "\u0085",
  "\u2028",
  "\ufeff",
  "\u200b",
  "\u202e",
  "con",
  "CON",
  "con.txt",
  "a/nul",
  "aux",
  "com1",
  "lpt9.json",
  "prn/a",
  "conin$",
  "clock$",
  "A",
  "a/B",
  "a/b ",
  "key/X",
  "key/x",
  "É",
  "é",
  "E\u0301",
  "e\u0301",
  "ß",
  "SS",
  "ss",
  "ẞ",
  "ſ",
  "\u212a",
  "K",
  "k",
  "İ",
  "i",
  "I",
  "ı",
  "ﬁ",
  "fi",
  "\u212b",
  "Å",
  "A\u030a",
  "가",
  "\u1100\u1161",
  "😀",
  "👩‍👩‍👧",
  "\ud83d\ude00\ufe0f",
  "\u{10ffff}",
  "\uffff",
  "\ue000",
  "\u{10000}",
  "%",
  "%2F",
  "%2f",
  "a%2Fb",
  "%00",
  "%%",
  "%25",
  "@",
  "@0a",
  "@0a/b",
  "a/@0a/b",
  "_",
  "__proto__",
  "constructor",
  "*",
  "?",
  "<|>\":",
  "\\",
  "a\\b",
  "C:\\a",
  "c:a",
  "'",
  "\"",
  "`",
  "$HOME",
  "$(id)",
  ";",
  "--",
  "-rf",
  "a'; DROP TABLE records; --",
  "a_b",
  "aXb",
  "a%b",
  "[a]",
  "{a}",
  "a".repeat(255),
  "a".repeat(256),
  `${"a".repeat(250)}/${"b".repeat(250)}`,
  "A".repeat(255),
  "/".repeat(1024),
  "a/".repeat(512),
  "../".repeat(341),
  "x".repeat(1024),
  "é".repeat(512),
  "😀".repeat(256),
  "e\u0301".repeat(341),
  "long/".padEnd(1023, "y"),
  "long/".padEnd(1024, "y")
]
