/**
 * How an id is written in a column of text. U+0000 and U+0001 become two characters each, because no host and no driver
 * can be trusted with a zero in a text (PostgreSQL refuses it, SQLite's JSON ends there); all else stays as it is, so
 * that ids can be read with any tool.
 *
 * Both the order by UTF-8 bytes and what is a prefix of what are kept: no character's writing begins another's.
 */
import { MAX_ID_BYTES } from "@keystead/core/storage/Acceptable"
import * as Utf8 from "@keystead/core/Utf8"

const ZERO = "\u0001\u0001"
const ONE = "\u0001\u0002"

/** The text that stands for an id, or for the beginning of one, which must be well-formed Unicode. */
export const toText = (id: string): string => id.replaceAll("\u0001", ONE).replaceAll("\u0000", ZERO)

/** The id that a text stands for. */
export const fromText = (text: string): string => text.replaceAll(ZERO, "\u0000").replaceAll(ONE, "\u0001")

/** A text that comes after all ids that begin with the prefix, and before all others that come after those. */
export const endOf = (prefix: string): string => `${toText(prefix)}${beyond}`

// No id goes on with so many of the last code point, which takes four bytes.
const beyond = "\u{10ffff}".repeat(MAX_ID_BYTES / 4 + 1)

/** Whether the text can be looked for: an id is never ill-formed, and a database would make something else of it. */
export const isWellFormed = Utf8.isWellFormed
