import { assert, describe, it } from "@effect/vitest"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Page from "@keystead/core/domain/Page"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as fc from "fast-check"
import { flipped } from "../support/Kinds.ts"
import { holds } from "../support/Property.ts"
import { rootKey } from "../support/Tamper.ts"
import { account, otherAccount, region } from "../support/World.ts"

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
  const place = { account, region }
  const keys = Page.listing("ListKeys", place)

  it("give back the name, to the same listing only, and never if any bit of them was changed", () =>
    holds(fc.tuple(fc.string({ unit: "binary", maxLength: 600 }), fc.nat()), ([name, at]) =>
      Effect.gen(function*() {
        const key = yield* rootKey
        const start = (listing: string, marker: string | undefined, by = key) =>
          Effect.option(Effect.provideService(Page.start(listing, marker), RootKey, by))
        const ending = Effect.provideService(Page.ending(keys, name), RootKey, key)
        const { NextMarker: marker = "", Truncated } = yield* ending
        assert.isTrue(Truncated)
        assert.match(marker, /^[A-Za-z0-9+/]+={0,2}$/)
        assert.deepStrictEqual(yield* start(keys, marker), Option.some(name))
        const foreign = [
          Page.listing("ListKey", place),
          Page.listing("ListAliases", place),
          Page.listing("ListKeys", { ...place, account: otherAccount }),
          Page.listing("ListKeys", { ...place, region: "eu-west-2" }),
          Page.listing("ListKeys", place, "arn:aws:kms:eu-west-1:111122223333:key/x"),
          keys.slice(0, -1),
          `${keys} `
        ]
        for (const listing of foreign) assert.isTrue(Option.isNone(yield* start(listing, marker)), listing)
        const otherKey = yield* Effect.provide(
          DerivedRootKey.make(new Uint8Array(32).fill(8)),
          Noble.layer(insecureSeeded("page"))
        )
        assert.isTrue(Option.isNone(yield* start(keys, marker, otherKey)))
        const bytes = Uint8Array.from(Buffer.from(marker, "base64"))
        for (const changed of [flipped(bytes, at), bytes.subarray(0, -1), Uint8Array.of(...bytes, 0x41)]) {
          assert.isTrue(Option.isNone(yield* start(keys, Buffer.from(changed).toString("base64"))))
        }
      }), { numRuns: 50 }))

  it.effect("are there only if something follows, and needed only then", () =>
    Effect.gen(function*() {
      const key = yield* rootKey
      const { ending, start } = Page
      assert.deepStrictEqual(yield* Effect.provideService(ending(keys, undefined), RootKey, key), { Truncated: false })
      assert.isUndefined(yield* Effect.provideService(start(keys, undefined), RootKey, key))
    }))

  it("that no listing gave are refused, and nothing throws", () =>
    holds(
      fc.string({ unit: fc.constantFrom("A", "b", "_", "-", "=", "+", "é", " "), maxLength: 60 }),
      (marker) =>
        Effect.gen(function*() {
          const refused = yield* Effect.flip(Effect.provideService(Page.start(keys, marker), RootKey, yield* rootKey))
          assert.strictEqual(refused._tag, "InvalidMarkerException")
        })
    ))

  it("bind a listing to each of its parts, whatever these hold", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "\"", ",", "\\", "[", "]"), maxLength: 4 })
    fc.assert(fc.property(fc.tuple(part, part, part, part), fc.tuple(part, part, part, part), (one, other) => {
      const of = ([operation, account, region, owner]: typeof one) =>
        Page.listing(operation, { account, region }, owner)
      assert.strictEqual(of(one) === of(other), one.every((part, at) => part === other[at]))
    }))
  })
})
