/** Memory that is given back before the collector would. */
import { assert, describe, it } from "@effect/vitest"
import { release } from "@keystead/runtime-node/Release"

const length = 64 * 1024

describe("release", () => {
  it("frees bytes that fill their buffer", () => {
    const bytes = new Uint8Array(length).fill(1)
    const { buffer } = bytes
    release(bytes)
    assert.deepStrictEqual([bytes.length, buffer.byteLength, buffer.detached], [0, 0, true])
    // Once more is no mistake.
    release(bytes)
  })

  it("leaves parts of a buffer, shared memory and a few bytes as they are", () => {
    const whole = new Uint8Array(2 * length).fill(1)
    const few = new Uint8Array(100).fill(1)
    const shared = new Uint8Array(new SharedArrayBuffer(length)).fill(1)
    for (const bytes of [whole.subarray(length), whole.subarray(0, length), few, shared]) {
      const before = bytes.slice()
      release(bytes)
      assert.deepStrictEqual(bytes.slice(), before)
    }
  })
})
