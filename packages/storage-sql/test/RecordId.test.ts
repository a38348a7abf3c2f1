import { assert, describe, it } from "@effect/vitest"
import { HOSTILE_IDS } from "@keystead/core/storage/Contract"
import { compareIds } from "@keystead/core/storage/Storage"
import * as RecordId from "@keystead/storage-sql/RecordId"
import * as fc from "fast-check"

const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom("\u0000", "\u0001", "\u0002", "\u0003", "a", "\uffff", "\u{10000}", "\u{10ffff}")
  }),
  fc.string({ unit: "binary" }).filter(RecordId.isWellFormed),
  fc.constantFrom(...HOSTILE_IDS)
)
const bytes = (left: string, right: string) => Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)))

describe("RecordId", () => {
  it("comes back as it was, and has no zero", () =>
    fc.assert(fc.property(text, (id) => {
      assert.strictEqual(RecordId.fromText(RecordId.toText(id)), id)
      assert.isFalse(RecordId.toText(id).includes("\0"))
    })))

  it("keeps the order of ids", () =>
    fc.assert(
      fc.property(text, text, (left, right) =>
        assert.strictEqual(bytes(RecordId.toText(left), RecordId.toText(right)), Math.sign(compareIds(left, right))))
    ))

  it("keeps what begins with what, which lies below the end of its prefix", () =>
    fc.assert(fc.property(text, text, (id, prefix) => {
      const within = bytes(RecordId.toText(id), RecordId.toText(prefix)) >= 0 &&
        bytes(RecordId.toText(id), RecordId.endOf(prefix)) < 0
      assert.strictEqual(within, id.startsWith(prefix))
      assert.strictEqual(bytes(RecordId.toText(prefix + id), RecordId.endOf(prefix)), -1)
    })))

  it("lets even the last of all ids lie below the end", () =>
    assert.strictEqual(bytes(RecordId.toText("\u{10ffff}".repeat(256)), RecordId.endOf("")), -1))
})
