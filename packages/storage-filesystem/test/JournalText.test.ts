import { assert, describe, it } from "@effect/vitest"
import type { Json } from "@keystead/core/storage/Storage"
import {
  beginLine,
  committedLine,
  type Entry,
  entryLine,
  nextLine,
  readBegin,
  readStretch
} from "@keystead/storage-filesystem/JournalText"
import * as fc from "fast-check"

const bytes = (...lines: ReadonlyArray<string>) => Buffer.from(lines.join(""))
/** A stretch that is not damaged. */
const stretchOf = (...args: Parameters<typeof readStretch>) => {
  const stretch = readStretch(...args)
  return typeof stretch === "number" ? assert.fail(`damaged at ${stretch}`) : stretch
}
const change = fc.record({
  id: fc.string({ unit: "binary" }),
  value: fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined })
})
const entries = fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }).map((all) =>
  all.map((changes, index): Entry => ({
    sequence: 8 + index,
    changes: changes.map(({ id, value }) =>
      value === undefined ? { id } : { id, value: JSON.parse(JSON.stringify(value)) as Json }
    )
  }))
)

describe("readStretch", () => {
  it("gives back the commits up to the last mark, and those that wait for theirs", () => {
    fc.assert(fc.property(entries, fc.nat(), (all, at) => {
      const marked = at % (all.length + 1)
      const lines = all.map(entryLine)
      if (marked > 0) lines.splice(marked, 0, committedLine(7 + marked))
      const stretch = stretchOf(bytes(...lines), 7)
      assert.deepStrictEqual(stretch.committed, all.slice(0, marked))
      assert.deepStrictEqual(stretch.pending, all.slice(marked))
      assert.strictEqual(stretch.length, bytes(...lines.slice(0, marked > 0 ? marked + 1 : 0)).length)
      assert.strictEqual(stretch.pendingEnd, bytes(...lines).length)
    }))
  })

  it("takes a line that broke off anywhere for what it is", () => {
    const [first, mark, last] = [
      entryLine({ sequence: 1, changes: [{ id: "a", value: { text: "é😀\n" } }] }),
      committedLine(1),
      entryLine({ sequence: 2, changes: [{ id: "b" }] })
    ]
    const whole = bytes(first, mark, last)
    for (let end = 0; end <= whole.length; end++) {
      const stretch = stretchOf(whole.subarray(0, end), 0)
      assert.strictEqual(stretch.committed.length, end >= bytes(first, mark).length ? 1 : 0)
      assert.isAtMost(stretch.pendingEnd, end)
    }
  })

  it("names the byte where a line before a good one is damaged", () => {
    const lines = [entryLine({ sequence: 1, changes: [{ id: "a", value: 1 }] }), committedLine(1), committedLine(1)]
    const whole = bytes(...lines)
    for (let index = 0; index < bytes(...lines.slice(0, 2)).length - 1; index++) {
      const stretch = readStretch(whole.with(index, (whole[index] ?? 0) ^ 1), 0)
      assert.isNumber(stretch, `byte ${index}`)
    }
  })

  it("finds a commit missing, and passes over a number that was taken", () => {
    const [one, two, other] = [1, 2, 2].map((sequence) => entryLine({ sequence, changes: [{ id: "a" }] }))
    assert.strictEqual(readStretch(bytes(two ?? ""), 0), 0)
    assert.strictEqual(readStretch(bytes(committedLine(1)), 0), 0)
    const stretch = readStretch(bytes(one ?? "", two ?? "", other ?? "", committedLine(2)), 0)
    assert.deepStrictEqual(typeof stretch === "number" ? stretch : stretch.committed.map(({ sequence }) => sequence), [
      1,
      2
    ])
  })

  it("ends where the next journal is named", () => {
    const stretch = readStretch(bytes(nextLine(5), "whatever\n"), 0)
    assert.deepInclude(stretch, { next: 5, length: nextLine(5).length })
  })
})

describe("readBegin", () => {
  it("gives back what a journal begins with", () => {
    assert.deepStrictEqual(readBegin(bytes(beginLine(7, 41), "more")), {
      journal: 7,
      sequence: 41,
      length: beginLine(7, 41).length
    })
  })
  it("refuses anything else", () => {
    for (const text of ["", "\n", committedLine(1), beginLine(7, 41).slice(1), beginLine(7, 41).trimEnd()]) {
      assert.isUndefined(readBegin(bytes(text)))
    }
  })
})
