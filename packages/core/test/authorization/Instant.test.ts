import { assert, describe, it } from "@effect/vitest"
import { parse } from "@keystead/core/authorization/Instant"
import * as fc from "fast-check"

const at = (iso: string): number => Date.parse(iso)

describe("Instant", () => {
  it("agrees with ECMAScript on full dates and times", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString()
          assert.strictEqual(parse(iso), date.getTime())
          assert.strictEqual(parse(iso.slice(0, 10)), at(iso.slice(0, 10)))
        }
      )
    )
  })

  it("knows which days there are", () => {
    const day = fc.tuple(
      fc.integer({ min: 1896, max: 2104 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 })
    )
    fc.assert(
      fc.property(day, ([year, month, date]) => {
        const text = `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`
        const real = new Date(Date.UTC(year, month - 1, date))
        const exists = real.getUTCMonth() === month - 1 && real.getUTCDate() === date && real.getUTCFullYear() === year
        assert.strictEqual(parse(text), exists ? real.getTime() : undefined)
      }),
      { numRuns: 3000 }
    )
  })

  it.each([
    ["2026", at("2026-01-01T00:00:00Z")],
    ["2026-05", at("2026-05-01T00:00:00Z")],
    ["2026-05-03", at("2026-05-03T00:00:00Z")],
    ["2026-05-03T10:20Z", at("2026-05-03T10:20:00Z")],
    ["2026-05-03T10:20:30Z", at("2026-05-03T10:20:30Z")],
    ["2026-05-03T10:20:30.25Z", at("2026-05-03T10:20:30.250Z")],
    ["2026-05-03T10:20:30.0019999Z", at("2026-05-03T10:20:30.001Z")],
    ["2026-05-03T10:20:30+02:30", at("2026-05-03T07:50:30Z")],
    ["2026-05-03T10:20:30-02:30", at("2026-05-03T12:50:30Z")],
    ["2026-05-03T23:59:59+23:59", at("2026-05-03T00:00:59Z")],
    ["0000", at("0000-01-01T00:00:00Z")],
    ["0050-01-01", at("0050-01-01T00:00:00Z")],
    ["2000-02-29", at("2000-02-29T00:00:00Z")],
    ["0", 0],
    ["-1", -1000],
    ["-1.5", -1500],
    ["1234", at("1234-01-01T00:00:00Z")],
    ["12345", 12_345_000],
    ["1700000000", 1_700_000_000_000],
    ["1700000000.5", 1_700_000_000_500],
    ["1700000000.123456", 1_700_000_000_123],
    ["99999999999", 99_999_999_999_000]
  ])("reads %s", (text, expected) => {
    assert.strictEqual(parse(text), expected)
  })

  it.each([
    "",
    " 2026",
    "2026 ",
    "2026-1",
    "2026-13",
    "2026-00",
    "2026-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-01-32",
    "2026-01-00",
    "2026-05-03T10:20:30",
    "2026-05-03T10Z",
    "2026-05-03 10:20:30Z",
    "2026-05-03T24:00:00Z",
    "2026-05-03T10:60:00Z",
    "2026-05-03T10:20:60Z",
    "2026-05-03T10:20.5Z",
    "2026-05-03T10:20:30.Z",
    "2026-05-03T10:20:30+24:00",
    "2026-05-03T10:20:30+02:60",
    "2026-05-03T10:20:30+0200",
    "2026-05-03T10:20:30z",
    "x2026",
    "2026x",
    "123456789012",
    "1.",
    ".5",
    "+1",
    "1e3",
    "2026*"
  ])("does not take %j for an instant", (text) => {
    assert.isUndefined(parse(text))
  })
})
