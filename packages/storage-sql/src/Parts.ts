/**
 * Values as rows. A row of Cloudflare's databases holds 2,000,000 bytes at most, and so does a parameter: the JSON text
 * of a long value is kept in several rows, and a long list is sent in several parameters.
 */

/** How many UTF-16 units of a value's text one row holds: at most 300,000 bytes of UTF-8. */
export const PART_LENGTH = 100_000

/** How many UTF-16 units a parameter has, if its items let it: at most 900,000 bytes of UTF-8. A part escaped twice fits. */
const PARAMETER_LENGTH = 300_000

/** A text in parts, none of which ends within a surrogate pair. The empty text is one part. */
export const partsOf = (text: string): ReadonlyArray<string> => {
  const parts: Array<string> = []
  let start = 0
  while (text.length - start > PART_LENGTH) {
    const unit = text.charCodeAt(start + PART_LENGTH - 1)
    const end = start + PART_LENGTH - (unit >= 0xd800 && unit <= 0xdbff ? 1 : 0)
    parts.push(text.slice(start, end))
    start = end
  }
  parts.push(text.slice(start))
  return parts
}

/** The items as JSON arrays, each short enough for a parameter; none for no items. */
export const parametersOf = (items: ReadonlyArray<unknown>): ReadonlyArray<string> => {
  const parameters: Array<string> = []
  let batch: Array<string> = []
  let length = 0
  const flush = () => {
    if (batch.length > 0) parameters.push(`[${batch.join(",")}]`)
    batch = []
    length = 0
  }
  for (const item of items) {
    const text = JSON.stringify(item)
    if (length + text.length > PARAMETER_LENGTH) flush()
    batch.push(text)
    length += text.length + 1
  }
  flush()
  return parameters
}
