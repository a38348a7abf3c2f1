/**
 * Where a record's file lies, relative to the folder of records: the id's own path, so that `ls` shows what there is,
 * with each folder of ids spread over shards `@00` to `@ff`, so that no folder grows too large.
 *
 * `alias/111122223333/eu-west-1/alias/app` lies in `alias/111122223333/eu-west-1/alias/@2c/app.json`.
 *
 * Names are safe on every file system, also where case or Unicode form is ignored: `a` to `z`, digits, `.`, `_` and `-`
 * stand for themselves, any other byte of UTF-8 is `%` and two digits. An id that would make too long a path lies in
 * `@long`, under its SHA-256; its file tells its id.
 */
import { Buffer } from "node:buffer"
import { checksum } from "./Checksum.ts"

/** The folder of ids whose own path would be too long. */
export const LONG = "@long"

/** File systems take 255 bytes a name, and some 1,024 a path with everything above the store's folder. */
const MAX_NAME = 200
const MAX_PATH = 400
const MAX_FOLDERS = 16

/** Names that Windows keeps for devices, whatever extension follows. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

/** The path of a record's file: folder names, and the file's name. */
export const recordPath = (id: string): ReadonlyArray<string> => {
  const names = id.split("/").map(encodeName)
  const leaf = names.pop() ?? ""
  if (isTooLong([...names, leaf])) {
    const hash = checksum(id)
    return [LONG, hash.slice(0, 2), `${hash}.json`]
  }
  return [...names, shardOf(leaf), `${leaf}.json`]
}

/** Whether the record of that id lies in `LONG`. */
export const isLong = (id: string): boolean => isTooLong(id.split("/").map(encodeName))

const isTooLong = (names: ReadonlyArray<string>): boolean =>
  names.length > MAX_FOLDERS || names.join("/").length > MAX_PATH || names.some((name) => name.length > MAX_NAME)

/** The folder under which every id with that prefix lies that is not in `LONG`; the prefix ends in `/`, or is empty. */
export const folderOf = (prefix: string): ReadonlyArray<string> => prefix.split("/").slice(0, -1).map(encodeName)

/** Whether a folder is a shard: it holds record files and nothing else. */
export const isShard = (name: string): boolean => /^@[0-9a-f]{2}$/.test(name)

/** The part of an id that a record file's name stands for, in that shard; `undefined` for a file of someone else's. */
export const decodeFile = (shard: string, file: string): string | undefined => {
  if (!file.endsWith(".json")) return undefined
  const leaf = file.slice(0, -".json".length)
  return shardOf(leaf) === shard ? decodeName(leaf) : undefined
}

/** The part of an id that a name stands for; `undefined` for a name that `encodeName` does not give. */
export const decodeName = (name: string): string | undefined => {
  if (name === EMPTY) return ""
  if (!/^(?:[a-z0-9._-]|%[0-9A-F]{2})+$/.test(name)) return undefined
  try {
    const part = decodeURIComponent(name)
    return encodeName(part) === name ? part : undefined
  } catch {
    return undefined
  }
}

/** Of two slashes in a row, what is between them: an escape without digits, which no other name has. */
const EMPTY = "%"

const encodeName = (part: string): string => {
  if (part === "") return EMPTY
  const name = PLAIN.test(part) ? part : Array.from(Buffer.from(part), encodeByte).join("")
  // Names that begin or end with a dot mean something to some systems, and so do those of devices.
  const begun = name.startsWith(".") || DEVICE.test(name) ? escape(name.charCodeAt(0)) + name.slice(1) : name
  return begun.endsWith(".") ? `${begun.slice(0, -1)}${escape(DOT)}` : begun
}

const PLAIN = /^[a-z0-9._-]+$/
const DOT = 0x2e

const encodeByte = (byte: number): string => {
  const character = String.fromCharCode(byte)
  return PLAIN.test(character) ? character : escape(byte)
}

const escape = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`

/** One of 256 folders: the low byte of the name's FNV-1a hash (32 bits), in hexadecimal. */
const shardOf = (leaf: string): string => {
  let hash = 0x811c9dc5
  for (let index = 0; index < leaf.length; index++) hash = Math.imul(hash ^ leaf.charCodeAt(index), 0x0100_0193)
  return `@${(hash & 0xff).toString(16).padStart(2, "0")}`
}
