import { assert, describe, it } from "@effect/vitest"
import * as Page from "@keystead/core/domain/Page"
import * as Result from "effect/Result"
import * as fc from "fast-check"

const names = fc.uniqueArray(fc.string({ unit: "binary", maxLength: 6 }), { maxLength: 20 })
  .map((names) => names.toSorted())

describe("pages of a list", () => {
  it("go through all of it once, and say truly whether anything follows", () => {
    fc.assert(fc.property(names, fc.integer({ min: 1, max: 7 }), (names, limit) => {
      const seen: Array<string> = []
      for (let after: string | undefined, more = true; more;) {
        const page = Page.of(names, (name) => name, after, limit)
        seen.push(...page.items)
        assert.strictEqual(page.next !== undefined, seen.length < names.length)
        assert.strictEqual(page.items.length, Math.min(limit, names.length - (seen.length - page.items.length)))
        after = page.next
        more = after !== undefined
      }
      assert.deepStrictEqual(seen, names)
    }))
  })

  it("go on after a name that is gone", () => {
    const page = Page.of(["a", "c", "d"], (name) => name, "b", 1)
    assert.deepStrictEqual(page, { items: ["c"], next: "c" })
    assert.deepStrictEqual(Page.of(["a"], (name) => name, "z", 1), { items: [], next: undefined })
  })
})

describe("markers", () => {
  it("give back the name, to the same listing only", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 30 }), (name) => {
      const { NextMarker, Truncated } = Page.ending("ListKeys", name)
      assert.isTrue(Truncated)
      assert.match(NextMarker ?? "", /^[A-Za-z0-9+/]+={0,2}$/)
      assert.deepStrictEqual(Page.start("ListKeys", NextMarker), Result.succeed(name))
      assert.isTrue(Result.isFailure(Page.start("ListKey", NextMarker)))
      assert.isTrue(Result.isFailure(Page.start("ListKeysX", NextMarker)))
    }))
    assert.deepStrictEqual(Page.ending("ListKeys", undefined), { Truncated: false })
    assert.deepStrictEqual(Page.start("ListKeys", undefined), Result.succeed(undefined))
  })

  it("that no listing gave are refused, and nothing throws", () => {
    const text = fc.string({ unit: fc.constantFrom("A", "b", "_", "-", "=", "+", "é", " "), maxLength: 30 })
    fc.assert(fc.property(text, (marker) => {
      const started = Page.start("ListKeys", marker)
      assert(Result.isFailure(started))
      assert.strictEqual(started.failure._tag, "InvalidMarkerException")
    }))
    const notText = Buffer.from([...Buffer.from("ListKeys\n"), 0xff]).toString("base64")
    assert.isTrue(Result.isFailure(Page.start("ListKeys", notText)))
  })
})
