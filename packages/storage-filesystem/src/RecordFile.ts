/**
 * A record as a file: JSON for people to read, whose first member is the SHA-256 of every byte after that line.
 *
 * ```json
 * {
 *   "checksum": "4b22…",
 *   "id": "key/111122223333/eu-west-1/1234abcd-…",
 *   "version": "42",
 *   "value": { … }
 * }
 * ```
 */
import { frozenCopy } from "@keystead/core/storage/Acceptable"
import type { StoredRecord } from "@keystead/core/storage/Storage"
import { Buffer } from "node:buffer"
import { checksum } from "./Checksum.ts"
import { parseJson } from "./Json.ts"

const HEAD = `{\n  "checksum": "`
const HEAD_END = `",\n`
const HEAD_LENGTH = HEAD.length + 64 + HEAD_END.length

/** The bytes of a record's file. */
export const encodeRecord = ({ id, value, version }: StoredRecord): Uint8Array => {
  const body = `${JSON.stringify({ id, version, value }, null, 2).slice("{\n".length)}\n`
  return Buffer.from(`${HEAD}${checksum(body)}${HEAD_END}${body}`)
}

/** The record in a file, frozen; `undefined` when a bit of it is not what was written. */
export const decodeRecord = (bytes: Uint8Array): StoredRecord | undefined => {
  const body = bytes.subarray(HEAD_LENGTH)
  const head = Buffer.from(bytes.subarray(0, HEAD_LENGTH)).toString("latin1")
  if (head !== `${HEAD}${checksum(body)}${HEAD_END}`) return undefined
  const parsed = parseJson(`{${Buffer.from(body).toString()}`)
  if (!isStored(parsed)) return undefined
  const value = frozenCopy(parsed.value)
  return value === undefined ? undefined : Object.freeze({ id: parsed.id, version: parsed.version, value })
}

// The checksum has said that we wrote it: what is left to find is a file that someone made with care.
const isStored = (
  parsed: unknown
): parsed is { readonly id: string; readonly version: string; readonly value: unknown } =>
  typeof parsed === "object" && parsed !== null && "value" in parsed &&
  "id" in parsed && typeof parsed.id === "string" &&
  "version" in parsed && typeof parsed.version === "string" && /^[1-9]\d*$/.test(parsed.version)
