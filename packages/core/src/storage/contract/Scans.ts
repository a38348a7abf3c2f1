/** Listing: order, prefixes, paging. */
import * as Effect from "effect/Effect"
import { compareIds, type ScanRange } from "../Storage.ts"
import { check, commit, ensureEqual, pages, put, remove } from "./Check.ts"
import { seeded } from "./Generator.ts"

const codePoints = (id: string): ReadonlyArray<number> => Array.from(id, (character) => character.codePointAt(0) ?? 0)

/** The order of ids, told another way than `compareIds` tells it. */
const byCodePoints = (left: string, right: string): number => {
  const [a, b] = [codePoints(left), codePoints(right)]
  const at = a.findIndex((point, index) => point !== b[index])
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1)
}

/** What a scan of those ids must give. */
const selected = (ids: ReadonlyArray<string>, { after, prefix }: ScanRange): ReadonlyArray<string> =>
  ids.filter((id) => id.startsWith(prefix) && (after === undefined || compareIds(id, after) > 0))

export const scanChecks = [
  check("ids are listed by code point, not by UTF-16 unit", (storage) =>
    Effect.gen(function*() {
      const ids = [
        "a\u{10000}",
        "a\uffff",
        "a\ue000",
        "a\ud7ff",
        "a\u{10ffff}",
        "a",
        "a\u0000",
        "aa",
        "b",
        "B",
        "a/",
        "a0",
        "é",
        "z",
        "😀",
        "\ufb01"
      ]
      for (const id of ids) yield* commit(storage, put(id, 1))
      const listed = yield* storage.scan({ prefix: "", limit: 100 })
      yield* ensureEqual(listed.map(({ id }) => id), ids.toSorted(byCodePoints), "The ids in order")
    })),

  check("a prefix is plain text", (storage) =>
    Effect.gen(function*() {
      const ids = [
        "a%b",
        "a_b",
        "aXb",
        "a*b",
        "a?b",
        "a.b",
        "a[b]",
        "a\\b",
        "a'b",
        "a/b",
        "a/",
        "a",
        "A/b",
        "a/b/c",
        "ab",
        "é/x",
        "e\u0301/x"
      ]
      yield* commit(storage, ...ids.map((id) => put(id, 1)))
      for (
        const prefix of [
          "",
          "a%",
          "a_",
          "a*",
          "a?",
          "a.",
          "a[",
          "a\\",
          "a'",
          "a/",
          "a",
          "A",
          "a/b",
          "a/b/",
          "é",
          "e",
          "zz",
          "a/b/c",
          "a/b/c/d"
        ]
      ) {
        const listed = yield* storage.scan({ prefix, limit: 100 })
        yield* ensureEqual(
          listed.map(({ id }) => id),
          selected(ids.toSorted(byCodePoints), { prefix, limit: 100 }),
          `Under ${prefix}`
        )
      }
    })),

  check("a page begins after an id that need not exist", (storage) =>
    Effect.gen(function*() {
      const ids = ["p/", "p/a", "p/c", "p/c\0", "p/e", "p/\u{10000}", "q/a"]
      yield* commit(storage, ...ids.map((id) => put(id, 1)))
      for (
        const after of [
          "",
          "a",
          "p",
          "p/",
          "p/a",
          "p/b",
          "p/c",
          "p/d",
          "p/e",
          "p/\uffff",
          "p/\u{10000}",
          "p/\u{10001}",
          "p0",
          "q",
          "q/a",
          "z"
        ]
      ) {
        for (const limit of [1, 2, 10]) {
          const range = { prefix: "p/", after, limit }
          const listed = yield* storage.scan(range)
          yield* ensureEqual(
            listed.map(({ id }) => id),
            selected(ids.toSorted(byCodePoints), range).slice(0, limit),
            `After ${after}`
          )
        }
      }
    })),

  check(
    "pages are complete and without repeats, whatever is removed or put between them",
    (storage) =>
      Effect.gen(function*() {
        const { below } = seeded(2)
        const ids = Array.from({ length: 150 }, (_, index) => `p/${String(index).padStart(3, "0")}`)
        yield* commit(storage, ...ids.map((id) => put(id, 1)), put("o", 1), put("q", 1))
        for (const limit of [1, 7, 50, 149, 150, 151]) {
          const listed = yield* pages(storage, { prefix: "p/", limit })
          yield* ensureEqual(listed.map(({ id }) => id), ids, `The ids in pages of ${limit}`)
        }
        const kept = new Set(ids)
        let after = "p/"
        for (let page = yield* storage.scan({ prefix: "p/", after, limit: 10 }); page.length > 0;) {
          const last = page.at(-1)?.id ?? after
          // The id that the next page begins after goes; one behind it comes, and must not be seen.
          yield* commit(storage, remove(last), put(`${after}!`, below(9)))
          for (const { id } of page) kept.delete(id)
          after = last
          page = yield* storage.scan({ prefix: "p/", after, limit: 10 })
          yield* ensureEqual(page.every(({ id }) => kept.has(id)), true, "Every id of a page is a new one")
        }
        yield* ensureEqual([...kept], [], "The ids that no page listed")
      })
  ),

  check("a record that was listed is the one that is read", (storage) =>
    Effect.gen(function*() {
      const { json } = seeded(3)
      yield* commit(storage, ...Array.from({ length: 20 }, (_, index) => put(`r/${index}`, json())))
      yield* commit(storage, put("r/5", "again"))
      const listed = yield* storage.scan({ prefix: "r/", limit: 100 })
      const found = yield* storage.read(listed.map(({ id }) => id))
      yield* ensureEqual(listed, listed.map(({ id }) => found.get(id)), "The records")
    }))
]
