/** Values of members after what their schema says, and after what it refuses. */
import type { Dice } from "./Dice.ts"
import type { Shape } from "./Shape.ts"

/** A value that the schema may well take. */
export const plain = (dice: Dice, { kind, max, min, names }: Shape): unknown => {
  const length = Math.min(Math.max(min, 1) + dice.below(12), max)
  switch (kind) {
    case "name":
      return dice.maybe(names)
    case "text":
      return "abcdefghijklmnopqrstuvwxyz".repeat(80).slice(0, length)
    case "blob":
      return dice.bytes(length)
    case "number":
      return length
    case "flag":
      return dice.often(50)
    case "timestamp":
      return new Date(dice.below(2 ** 31) * 1000)
    case "list":
      return []
    default:
      return {}
  }
}

const tooLong = (max: number): number => Math.min(max, 9000) + 1

/** A value that is wrong, or hardly right: of another kind, of another length, or another than what it was. */
export const spoiled = (dice: Dice, { kind, max, names }: Shape, value: unknown): unknown => {
  if (dice.often(20)) {
    return dice.pick<unknown>([undefined, null, 7, "text", {}, [], [null], true, Number.NaN, "\ud800"])
  }
  switch (kind) {
    case "name":
      return dice.often(50) ? dice.maybe(names) : "OTHER"
    case "text":
      return dice.pick(["", "x".repeat(tooLong(max)), `${String(value)}x`, String(value).slice(1), "\u{10ffff}"])
    case "blob": {
      const bytes = value instanceof Uint8Array ? value.slice() : new Uint8Array(1)
      const at = dice.below(Math.max(bytes.length, 1))
      if (dice.often(70)) return bytes.with(at, (bytes[at] ?? 0) ^ (1 << dice.below(8)))
      return dice.pick([new Uint8Array(0), new Uint8Array(tooLong(max)), bytes.slice(0, at)])
    }
    case "number":
      return dice.pick([-1, 0, 1.5, max + 1, 2 ** 53])
    case "flag":
      return value !== true
    case "timestamp":
      return new Date(dice.pick([0, Number.NaN, -1, 8.64e15]))
    default:
      return dice.pick<unknown>([[], {}, ["", "\u0000"], [{}], { a: 1 }, { a: "\ud800" }])
  }
}
