import { assert, describe, it } from "@effect/vitest"
import * as WipingCache from "@keystead/core/crypto/WipingCache"
import * as fc from "fast-check"

const bounds = { number: 3, age: 10 }

interface Step {
  readonly key: string
  /** How far the clock has moved, mostly forwards. */
  readonly passed: number
  readonly giveBack: boolean
  readonly only: "use" | "expire"
}

const step: fc.Arbitrary<Step> = fc.record({
  key: fc.constantFrom("a", "b", "c", "d", "e"),
  passed: fc.oneof({ weight: 9, arbitrary: fc.nat(3) }, fc.integer({ min: -5, max: 12 })),
  giveBack: fc.boolean(),
  only: fc.constantFrom("use", "use", "use", "expire")
})

/** The same cache, said in the plainest way: a list, the least recently used first, gone through each time. */
const makeModel = () => {
  let list: Array<{ key: string; value: number; added: number }> = []
  const young = (now: number) => ({ added }: { added: number }) => now >= added && now - added < bounds.age
  return {
    use: (key: string, value: number, now: number): number => {
      const found = list.find((one) => one.key === key)
      if (found !== undefined && young(now)(found)) {
        list = [...list.filter((one) => one !== found), found]
        return found.value
      }
      list = [...list.filter((one) => one !== found).filter(young(now)), { key, value, added: now }].slice(
        -bounds.number
      )
      return value
    },
    expire: (now: number) => {
      list = list.filter(young(now))
    },
    values: () => new Set(list.map(({ value }) => value))
  }
}

describe("WipingCache", () => {
  it("keeps what a list that is gone through each time would keep, and wipes the rest once nobody borrows it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const wiped: Array<number> = []
        const borrowed: Array<WipingCache.Entry<number>> = []
        const cache = WipingCache.make<number>(bounds, (value) => wiped.push(value))
        const model = makeModel()
        let [made, now] = [0, 0]
        for (const { giveBack, key, only, passed } of steps) {
          now += passed
          if (only === "expire") {
            cache.expire(now)
            model.expire(now)
          } else {
            const entry = cache.borrow(key, now) ?? cache.add(key, made, now)
            assert.strictEqual(entry.value, model.use(key, made, now))
            made++
            if (giveBack) cache.giveBack(entry)
            else borrowed.push(entry)
          }
          const lent = new Set(borrowed.map(({ value }) => value))
          const there = model.values()
          for (const value of wiped) assert.isFalse(there.has(value) || lent.has(value))
          for (const { evicted, value } of borrowed) assert.strictEqual(evicted, !there.has(value))
        }
        for (const entry of borrowed) cache.giveBack(entry)
        cache.clear()
        assert.strictEqual(new Set(wiped).size, wiped.length)
      }),
      { numRuns: 2000 }
    )
  })

  it("wipes everything that was made, once it is cleared and given back", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const wiped = new Set<number>()
        const cache = WipingCache.make<number>(bounds, (value) => wiped.add(value))
        let [made, now] = [0, 0]
        for (const { key, passed } of steps) {
          now += passed
          const found = cache.borrow(key, now)
          cache.giveBack(found ?? cache.add(key, made++, now))
        }
        cache.clear()
        assert.strictEqual(wiped.size, made)
      })
    )
  })

  it("wipes what is too old when it is asked for, and what is put in twice once it is given back", () => {
    const wiped: Array<string> = []
    const cache = WipingCache.make<string>(bounds, (value) => wiped.push(value))
    cache.giveBack(cache.add("a", "old", 0))
    assert.isUndefined(cache.borrow("a", 10))
    assert.deepStrictEqual(wiped, ["old"])
    const first = cache.add("b", "first", 10)
    cache.giveBack(cache.add("b", "second", 10))
    assert.isTrue(first.evicted)
    assert.deepStrictEqual(wiped, ["old"])
    assert.strictEqual(cache.borrow("b", 10)?.value, "second")
    cache.giveBack(first)
    assert.deepStrictEqual(wiped, ["old", "first"])
  })

  it("wipes what was added later than now, which a clock that went back makes of it", () => {
    const wiped: Array<string> = []
    const cache = WipingCache.make<string>(bounds, (value) => wiped.push(value))
    cache.giveBack(cache.add("a", "a", 100))
    cache.giveBack(cache.add("b", "b", 100))
    cache.expire(100)
    assert.deepStrictEqual(wiped, [])
    cache.expire(99)
    assert.deepStrictEqual(wiped, ["a", "b"])
  })
})
