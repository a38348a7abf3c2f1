import { assert, describe, it } from "@effect/vitest"
import * as Tags from "@keystead/core/domain/Tags"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { failureOf } from "../support/Failure.ts"
import { createKey, makeWorld } from "../support/World.ts"

const tag = (TagKey: string, TagValue = "") => ({ TagKey, TagValue })

describe("TagResource", () => {
  it.effect("adds tags, replaces those that are there, and lists them by their keys", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root, { Tags: [tag("b", "1"), tag("a", "2")] })
      assert.isUndefined(yield* root.tagResource({ KeyId, Tags: [tag("c", "3"), tag("b", "4")] }))
      assert.deepStrictEqual((yield* root.listResourceTags({ KeyId })).Tags, [
        tag("a", "2"),
        tag("b", "4"),
        tag("c", "3")
      ])
      yield* root.tagResource({ KeyId, Tags: [] })
      // Keys differ by case.
      yield* root.tagResource({ KeyId, Tags: [tag("A")] })
      assert.strictEqual((yield* root.listResourceTags({ KeyId })).Tags?.length, 4)
    }))

  it.effect("refuses what is reserved, given twice, or one too many", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld({ limits: { tagsPerKey: 3 } })
      const KeyId = yield* createKey(root, { Tags: [tag("a"), tag("b")] })
      const reserved = "TagException: Tags beginning with aws: are reserved"
      for (const TagKey of ["aws:", "aws:x", "AWS:x", "aWs:cloudformation:stack-id"]) {
        assert.strictEqual(yield* failureOf(root, "TagResource", { KeyId, Tags: [tag(TagKey)] }), reserved)
        assert.strictEqual(yield* failureOf(root, "UntagResource", { KeyId, TagKeys: [TagKey] }), reserved)
      }
      assert.strictEqual(
        yield* failureOf(root, "TagResource", { KeyId, Tags: [tag("c", "1"), tag("c", "2")] }),
        "TagException: Duplicate tag keys"
      )
      assert.strictEqual(
        yield* failureOf(root, "TagResource", { KeyId, Tags: [tag("c"), tag("d")] }),
        "TagException: Too many tags"
      )
      assert.strictEqual(
        yield* failureOf(root, "CreateKey", { Tags: [tag("a"), tag("b"), tag("c"), tag("d")] }),
        "TagException: Too many tags"
      )
      yield* root.tagResource({ KeyId, Tags: [tag("a", "new"), tag("c")] })
      yield* root.tagResource({ KeyId, Tags: [tag("c", "new")] })
      yield* root.untagResource({ KeyId, TagKeys: ["awsome"] })
    }))

  it("keeps exactly what was given last, whatever the order", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.string({ maxLength: 2 })), { maxLength: 12 }),
        (pairs) => {
          let tags: ReadonlyArray<{ TagKey: string; TagValue: string }> = []
          for (const [key, value] of pairs) tags = Result.getOrThrow(Tags.add(tags, [tag(key, value)], 50))
          const expected = [...new Map(pairs)].map(([key, value]) => tag(key, value))
          assert.deepStrictEqual(tags, expected.toSorted((one, other) => one.TagKey < other.TagKey ? -1 : 1))
        }
      )
    ))
})

describe("UntagResource", () => {
  it.effect("removes the tags that are there, and minds no others", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root, { Tags: [tag("a"), tag("b"), tag("A")] })
      assert.isUndefined(yield* root.untagResource({ KeyId, TagKeys: ["a", "x", "a"] }))
      assert.deepStrictEqual((yield* root.listResourceTags({ KeyId })).Tags, [tag("A"), tag("b")])
      yield* root.untagResource({ KeyId, TagKeys: [] })
      yield* root.untagResource({ KeyId, TagKeys: ["A", "b"] })
      assert.deepStrictEqual(yield* root.listResourceTags({ KeyId }), { Tags: [], Truncated: false })
    }))
})
