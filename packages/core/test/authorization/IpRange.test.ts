import { assert, describe, it } from "@effect/vitest"
import * as IpRange from "@keystead/core/authorization/IpRange"
import * as fc from "fast-check"

const contains = (range: string, address: string): boolean | undefined => {
  const [parsedRange, parsedAddress] = [IpRange.parse(range), IpRange.parseAddress(address)]
  return parsedRange === undefined || parsedAddress === undefined
    ? undefined
    : IpRange.contains(parsedRange, parsedAddress)
}

const dotted = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".")
const colons = (value: bigint): string =>
  [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((value >> shift) & 0xffffn).toString(16)).join(":")

/** Pairs that share a prefix more often than chance would have it, and a prefix length around it. */
const nearby = (width: number) =>
  fc.tuple(
    fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n }),
    fc.integer({ min: 0, max: width - 1 }),
    fc.integer({ min: 0, max: width })
  )

describe("IpRange", () => {
  it.each([["IPv4", 32, dotted], ["IPv6", 128, colons]] as const)(
    "compares the prefix of %s, and no more",
    (_, width, show) => {
      fc.assert(
        fc.property(nearby(width), ([address, flipped, bits]) => {
          // Keep clear of the IPv4-mapped addresses, which are a matter of their own.
          fc.pre(width === 32 || address >> 127n === 1n)
          fc.pre(width === 32 || flipped !== 127)
          const other = address ^ (1n << BigInt(flipped))
          const shift = BigInt(width - bits)
          assert.strictEqual(contains(`${show(address)}/${bits}`, show(other)), address >> shift === other >> shift)
          assert.strictEqual(contains(`${show(address)}/${bits}`, show(address)), true)
          assert.strictEqual(contains(show(address), show(other)), false)
          assert.strictEqual(contains(show(address), show(address)), true)
        }),
        { numRuns: 1000 }
      )
    }
  )

  it.each([
    ["203.0.113.0/24", "203.0.113.255", true],
    ["203.0.113.0/24", "203.0.114.0", false],
    ["203.0.113.77/24", "203.0.113.1", true],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["0.0.0.0/0", "::1", false],
    ["::/0", "192.0.2.1", false],
    ["::/0", "ffff::", true],
    ["2001:DB8:1234:5678::/64", "2001:db8:1234:5678:ffff::1", true],
    ["2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1", false],
    ["2001:db8::/20", "2001:dff::", true],
    ["2001:db8::/20", "2001:1000::", false],
    ["::1", "0:0:0:0:0:0:0:1", true],
    ["1::", "1:0:0:0:0:0:0:0", true],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", true],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", true],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201", true],
    ["1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201", true],
    // An IPv4 address, whichever way it is written.
    ["10.0.0.0/8", "::ffff:10.1.2.3", true],
    ["10.0.0.0/8", "::ffff:0a01:0203", true],
    ["::ffff:10.0.0.0/104", "10.255.0.1", true],
    ["::ffff:10.0.0.0/104", "11.0.0.1", false],
    ["::ffff:0:0/96", "11.0.0.1", true],
    ["::ffff:192.0.2.1", "192.0.2.1", true],
    ["::ffff:192.0.2.1", "192.0.2.2", false],
    ["::/95", "::1", true],
    ["::ffff:10.0.0.0/95", "10.0.0.0", false],
    ["::fffe:10.1.2.3", "10.1.2.3", false],
    ["1::ffff:10.1.2.3", "10.1.2.3", false]
  ])("%s contains %s: %s", (range, address, expected) => {
    assert.strictEqual(contains(range, address), expected)
  })

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1.2.3.300",
    "01.2.3.4",
    "1.2.3.4 ",
    "x1.2.3.4",
    "1.2.3.-4",
    "1.2.3.*",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "1:2:3:4::5:6:7:8",
    "::12345",
    "::g",
    "::1%eth0",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1:2:3:4:5:1.2.3.4"
  ])("does not take %j for an address, nor for a range", (text) => {
    assert.isUndefined(IpRange.parseAddress(text))
    assert.isUndefined(IpRange.parse(text))
  })

  it.each([
    "1.2.3.4/33",
    "1.2.3.4/",
    "1.2.3.4/-1",
    "1.2.3.4/08",
    "1.2.3.4/8/8",
    "1.2.3.4/8 ",
    "1.2.3.4/x",
    "::/129",
    "::/0128",
    "/8"
  ])(
    "does not take %j for a range",
    (text) => {
      assert.isUndefined(IpRange.parse(text))
    }
  )

  it.each(["1.2.3.4/32", "::/128"])("does not take the range %j for an address", (text) => {
    assert.isDefined(IpRange.parse(text))
    assert.isUndefined(IpRange.parseAddress(text))
  })
})
