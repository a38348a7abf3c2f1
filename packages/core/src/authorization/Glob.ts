/**
 * Patterns with the two wildcards of IAM policies: `*` stands for any run of characters, `?` for any single one.
 *
 * A pattern is a list of UTF-16 code units in which two negative numbers stand for the wildcards, so that a `*` that is
 * meant literally (from `${*}`, or out of a policy variable) is not taken for one.
 */
export type Glob = ReadonlyArray<number>

/** `*` */
const anyRun = -1
/** `?` */
const anyUnit = -2

/** Adds a text in which `*` and `?` are wildcards. */
export const addPattern = (glob: Array<number>, pattern: string): void => {
  for (let at = 0; at < pattern.length; at++) {
    glob.push(pattern[at] === "*" ? anyRun : pattern[at] === "?" ? anyUnit : pattern.charCodeAt(at))
  }
}

/** Adds a text in which nothing is a wildcard. */
export const addText = (glob: Array<number>, text: string): void => {
  for (let at = 0; at < text.length; at++) glob.push(text.charCodeAt(at))
}

/** The pattern that a text is, with `*` and `?` as wildcards. */
export const fromPattern = (pattern: string): Glob => {
  const glob: Array<number> = []
  addPattern(glob, pattern)
  return glob
}

/**
 * Whether the pattern matches all of the text from `start` up to `end`, in time that grows with the product of their
 * lengths at worst: of all the `*` seen, only the last can be worth trying anew.
 */
export const matches = (glob: Glob, text: string, start = 0, end = text.length): boolean => {
  let unit = 0
  let at = start
  let lastRun = -1
  let runEnd = start
  while (at < end) {
    const wanted = glob[unit]
    if (wanted === anyRun) {
      lastRun = unit++
      runEnd = at
    } else if (wanted === anyUnit || wanted === text.charCodeAt(at)) {
      unit++
      at++
    } else if (lastRun >= 0) {
      unit = lastRun + 1
      at = ++runEnd
    } else {
      return false
    }
  }
  while (glob[unit] === anyRun) unit++
  return unit === glob.length
}

/** Whether a text has a wildcard in it. */
export const hasWildcard = (pattern: string): boolean => pattern.includes("*") || pattern.includes("?")
