import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { ByteQueue } from "../../src/envelope/ByteQueue.ts"
import { Gather, gathered } from "../../src/envelope/Gather.ts"
import { joined, pattern } from "./Support.ts"

const step = fc.oneof(
  fc.record({ push: fc.oneof(fc.nat(50), fc.integer({ min: 1900, max: 2200 }), fc.nat(20_000)) }),
  fc.record({ take: fc.nat() }),
  fc.record({ peek: fc.nat() })
)

describe("a byte queue", () => {
  it("gives out what was put in, in order, whatever the pieces", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new ByteQueue()
      let model = new Uint8Array(0)
      let pushed = 0
      for (const step of steps) {
        if ("push" in step) {
          const bytes = pattern(pushed + step.push).slice(pushed)
          pushed += step.push
          queue.push(bytes)
          model = Uint8Array.of(...model, ...bytes)
        } else if ("take" in step) {
          const length = step.take % (model.length + 1)
          assert.deepStrictEqual(Uint8Array.from(queue.take(length)), model.slice(0, length))
          model = model.slice(length)
        } else {
          const length = step.peek % (model.length + 20)
          assert.deepStrictEqual(Uint8Array.from(queue.peek(length)), model.slice(0, length))
        }
        assert.strictEqual(queue.length, model.length)
      }
    }))
  })

  it("does not copy a large piece that leaves as it came", () => {
    const queue = new ByteQueue()
    const piece = pattern(10_000)
    queue.push(piece)
    assert.strictEqual(queue.take(4000).buffer, piece.buffer)
    assert.strictEqual(queue.take(6000).buffer, piece.buffer)
  })

  it("keeps no reference to a small piece behind others", () => {
    const queue = new ByteQueue()
    queue.push(Uint8Array.of(9))
    const piece = Uint8Array.of(1, 2, 3)
    queue.push(piece)
    piece.fill(0)
    assert.deepStrictEqual(Uint8Array.from(queue.take(4)), Uint8Array.of(9, 1, 2, 3))
  })

  it("overwrites what it put together, and forgets the rest, when it is cleared", () => {
    const queue = new ByteQueue()
    queue.push(pattern(3000))
    queue.push(pattern(3000))
    const taken = queue.take(5000)
    queue.clear()
    assert.deepStrictEqual(taken, new Uint8Array(5000))
    assert.strictEqual(queue.length, 0)
  })
})

describe("a gather", () => {
  it("joins small pieces and passes on large ones as they are, in order", () => {
    const lengths = fc.array(fc.oneof(fc.nat(100), fc.integer({ min: 16_300, max: 16_500 })), { maxLength: 12 })
    fc.assert(fc.property(lengths, (lengths) => {
      const pieces = lengths.map(pattern)
      const gather = new Gather()
      pieces.forEach((piece) => gather.add(piece))
      const out = gather.take()
      assert.deepStrictEqual(joined(out), joined(pieces))
      const large = pieces.filter((piece) => piece.length >= 16 * 1024)
      assert.isTrue(large.every((piece) => out.includes(piece)))
      // Small pieces wait in a block of 64 KiB, the last 16 KiB of which one more may not fit into.
      const small = lengths.filter((length) => length < 16 * 1024).reduce((sum, length) => sum + length, 0)
      assert.isAtMost(out.length, 2 * large.length + 2 + Math.floor(small / (48 * 1024)))
      assert.isTrue(out.every((piece) => piece.length > 0))
      assert.deepStrictEqual(gather.take(), [])
    }))
  })

  it("has one byte string of several", () => {
    assert.deepStrictEqual(gathered([pattern(3), pattern(0), pattern(4)]), Uint8Array.of(...pattern(3), ...pattern(4)))
    assert.deepStrictEqual(gathered([]), new Uint8Array(0))
  })
})
