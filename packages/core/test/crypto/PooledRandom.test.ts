import { assert, describe, it } from "@effect/vitest"
import { pooledRandom } from "@keystead/core/crypto/PooledRandom"
import fc from "fast-check"

describe("the pooled random source", () => {
  it("gives every length asked for, and no byte of the host's twice", () => {
    const asked = fc.array(fc.oneof(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 6000 })))
    fc.assert(fc.property(asked, (lengths) => {
      // This host counts in 4 bytes at a time, so that each byte handed out tells where it came from.
      let filled = 0
      const source = pooledRandom((bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        for (let at = 0; at + 4 <= bytes.length; at += 4) view.setUint32(at, ++filled)
      })
      const seen = new Set<string>()
      for (const length of lengths.map((length) => length * 4)) {
        const output = source(length)
        assert.strictEqual(output.length, length)
        for (let at = 0; at < length; at += 4) seen.add(output.subarray(at, at + 4).join())
      }
      assert.strictEqual(seen.size, lengths.reduce((sum, length) => sum + length, 0))
    }))
  })

  it("keeps nothing of what it handed out", () => {
    const pools: Array<Uint8Array> = []
    const source = pooledRandom((bytes) => {
      bytes.fill(0xff)
      pools.push(bytes)
    })
    const first = source(16)
    const second = source(100)
    assert.deepStrictEqual(Uint8Array.of(...first, ...second), new Uint8Array(116).fill(0xff))
    assert.deepStrictEqual(pools[0]?.subarray(0, 116), new Uint8Array(116))
    first.fill(1)
    assert.deepStrictEqual(pools[0]?.subarray(0, 16), new Uint8Array(16))
  })

  it("asks the host itself for more than 256 bytes", () => {
    const asked: Array<number> = []
    const source = pooledRandom((bytes) => asked.push(bytes.length))
    source(256)
    source(257)
    source(100_000)
    assert.deepStrictEqual(asked, [4096, 257, 100_000])
  })
})
