import { assert, describe, it } from "@effect/vitest"
import * as SortedMap from "@keystead/core/storage/SortedMap"
import { compareIds } from "@keystead/core/storage/Storage"
import * as fc from "fast-check"

/** Few distinct keys, so that sets replace and removes hit; both sides of the surrogates' place in the order. */
const key = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "/", "\uffff", "\ue000", "\u{10000}"), maxLength: 4 }),
  fc.string({ unit: "binary", maxLength: 3 })
)
const step = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant("set"), key, fc.nat()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("remove"), key, fc.nat()) }
)

const sorted = (model: ReadonlyMap<string, number>) =>
  [...model].toSorted(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)))

/** The entries of a page that has no end. */
const entries = (map: SortedMap.SortedMap<number>, range: { readonly prefix?: string; readonly after?: string } = {}) =>
  SortedMap.page(map, { prefix: "", limit: Infinity, ...range }).map(({ key, value }) => [key, value])

/** The depth of the tree, after a check that each node weighs what it says and outweighs no sibling threefold. */
const depth = (map: SortedMap.SortedMap<number>): number => {
  if (map === undefined) return 0
  const [left, right] = [SortedMap.size(map.left), SortedMap.size(map.right)]
  assert.strictEqual(map.size, left + right + 1)
  assert.isAtMost(Math.max(left, right) + 1, 3 * (Math.min(left, right) + 1))
  return Math.max(depth(map.left), depth(map.right)) + 1
}

describe("SortedMap", () => {
  it("agrees with a plain sorted array after any steps, and leaves older maps alone", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.array(key, { maxLength: 5 }), (steps, probes) => {
        const model = new Map<string, number>()
        let map: SortedMap.SortedMap<number> = SortedMap.empty
        for (const [name, id, value] of steps) {
          const [older, olderEntries] = [map, entries(map)]
          if (name === "set") model.set(id, value)
          else model.delete(id)
          map = name === "set" ? SortedMap.set(map, id, value) : SortedMap.remove(map, id)
          assert.deepStrictEqual(entries(older), olderEntries)
        }
        const all = sorted(model)
        depth(map)
        assert.strictEqual(SortedMap.size(map), all.length)
        const built = SortedMap.fromSorted(all)
        depth(built)
        assert.deepStrictEqual(entries(built), all)
        assert.deepStrictEqual(entries(map), all)
        for (const probe of [...probes, ...model.keys()]) {
          assert.strictEqual(SortedMap.get(map, probe), model.get(probe))
          assert.deepStrictEqual(
            entries(map, { after: probe }),
            all.filter(([id]) => compareIds(id, probe) > 0)
          )
          assert.deepStrictEqual(
            entries(map, { prefix: probe }),
            all.filter(([id]) => id.startsWith(probe))
          )
          for (const [after] of all) {
            assert.deepStrictEqual(
              SortedMap.page(map, { prefix: probe, after, limit: 2 }).map(({ key }) => key),
              all.map(([id]) => id).filter((id) => id.startsWith(probe) && compareIds(id, after) > 0).slice(0, 2)
            )
          }
        }
      }),
      { numRuns: 60 }
    )
  })

  it("stays shallow when keys come in order", () => {
    let map: SortedMap.SortedMap<number> = SortedMap.empty
    for (let index = 0; index < 10_000; index++) map = SortedMap.set(map, String(index).padStart(6, "0"), index)
    assert.isAtMost(depth(map), 24)
    for (let index = 0; index < 10_000; index += 2) map = SortedMap.remove(map, String(index).padStart(6, "0"))
    assert.strictEqual(SortedMap.size(map), 5_000)
    assert.isAtMost(depth(map), 24)
  })

  it("is the same map after the removal of a key that it does not have", () => {
    const map = SortedMap.set(SortedMap.set(SortedMap.empty, "a", 1), "c", 2)
    assert.strictEqual(SortedMap.remove(map, "b"), map)
  })
})
