import { assert, describe, it } from "@effect/vitest"
import * as Glob from "@keystead/core/authorization/Glob"
import * as fc from "fast-check"

/** What the wildcards mean, written down directly. */
const reference = (pattern: string, text: string): boolean => {
  if (pattern === "") return text === ""
  const rest = pattern.slice(1)
  if (pattern.startsWith("*")) return reference(rest, text) || (text !== "" && reference(pattern, text.slice(1)))
  return text !== "" && (pattern.startsWith("?") || pattern[0] === text[0]) && reference(rest, text.slice(1))
}

describe("Glob", () => {
  it("agrees with the definition of its wildcards", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 })
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 })
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        assert.strictEqual(Glob.matches(Glob.fromPattern(pattern), text), reference(pattern, text))
      }),
      { numRuns: 3000 }
    )
  })

  it("looks at the range it is given, and at no more", () => {
    const short = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 4 })
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 5 })
    fc.assert(
      fc.property(pattern, short, short, short, (pattern, before, text, after) => {
        const found = Glob.matches(
          Glob.fromPattern(pattern),
          before + text + after,
          before.length,
          before.length + text.length
        )
        assert.strictEqual(found, reference(pattern, text))
      }),
      { numRuns: 2000 }
    )
  })

  it.each([
    ["", "", true],
    ["", "a", false],
    ["a", "", false],
    ["*", "", true],
    ["**", "", true],
    ["?", "", false],
    ["?", "ab", false],
    ["a*b*c", "aXbYbZc", true],
    ["a*b*c", "aXbYbZ", false],
    ["*ab", "aab", true],
    ["a?c", "abc", true],
    ["*?", "", false],
    ["ab", "abc", false],
    ["abc", "ab", false]
  ])("%j on %j: %s", (pattern, text, expected) => {
    assert.strictEqual(Glob.matches(Glob.fromPattern(pattern), text), expected)
  })

  it("does not take time beyond all bounds on patterns made for that", () => {
    const pattern = Glob.fromPattern(`${"*a".repeat(60)}b`)
    assert.isFalse(Glob.matches(pattern, "a".repeat(2000)))
  })

  it("takes added text as it is, wildcards and all", () => {
    const glob: Array<number> = []
    Glob.addPattern(glob, "x*")
    Glob.addText(glob, "*?")
    assert.isTrue(Glob.matches(glob, "x12*?"))
    assert.isFalse(Glob.matches(glob, "x12*y"))
    assert.isFalse(Glob.matches(glob, "x12yz"))
  })

  it.each([["a*", true], ["?a", true], ["a", false], ["", false]])("knows whether %j has a wildcard", (text, has) => {
    assert.strictEqual(Glob.hasWildcard(text), has)
  })
})
