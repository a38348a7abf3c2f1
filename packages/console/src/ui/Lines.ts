/** Lists and pairs that are written one a line. */

/** The lines that say something. */
export const linesOf = (text: string): ReadonlyArray<string> =>
  text.split("\n").map((line) => line.trim()).filter((line) => line !== "")

/** `name=value`, one a line; the value may be empty, and may hold `=`. Throws on a line without a name, or one given twice. */
export const pairsOf = (text: string): Record<string, string> => {
  const pairs = new Map<string, string>()
  for (const line of linesOf(text)) {
    const at = line.indexOf("=")
    const name = (at < 0 ? line : line.slice(0, at)).trim()
    if (name === "") throw new Error(`“${line}” has no name before its =.`)
    if (pairs.has(name)) throw new Error(`“${name}” is there twice.`)
    pairs.set(name, at < 0 ? "" : line.slice(at + 1).trim())
  }
  return Object.fromEntries(pairs)
}

/** An alias name; `alias/` may be left out. */
export const aliasName = (name: string): string => name.startsWith("alias/") ? name : `alias/${name}`
