/** The bytes of a backup: what they are, which root key they are under, and the records. */
import * as Result from "effect/Result"
import type { KeptKey } from "../crypto/RootKeyRecord.ts"
import { BackupError } from "../Errors.ts"
import type { Json } from "../storage/Storage.ts"
import * as Utf8 from "../Utf8.ts"

/** A record as a backup has it, sealed under the backup's root key. */
export interface BackupRecord {
  readonly id: string
  readonly value: Json
}

/** A backup, taken apart. */
export interface BackupFile {
  readonly kept: KeptKey
  /** All before the body, which is bound to it. */
  readonly header: Uint8Array
  /** The records, wrapped. */
  readonly body: Uint8Array
}

const name = "keystead-backup-"
const version = 1
const lineFeed = 0x0a

/** The lines that are looked at are no longer than this, in bytes. */
const longestLine = 4096

/** The header: what this is, and what the backup's root key needs beside the secret, a line each. */
export const header = ({ check, parameters }: KeptKey): Uint8Array =>
  Utf8.encode(`${name}${version}\n${JSON.stringify({ check, parameters })}\n`)

const noBackup = () =>
  new BackupError({
    reason: "NotABackup",
    message: "This is no backup of Keystead's. Choose a file that `backup` wrote."
  })

const newer = () =>
  new BackupError({
    reason: "Incompatible",
    message: "The backup was written by a newer version of Keystead. Restore it with that version."
  })

/** The line that begins there, and where the next one does; nothing if none ends soon enough. */
const lineAt = (bytes: Uint8Array, start: number) => {
  const end = bytes.subarray(0, start + longestLine).indexOf(lineFeed, start)
  const text = end < 0 ? undefined : Utf8.decode(bytes.subarray(start, end))
  return text === undefined ? undefined : { text, next: end + 1 }
}

const parseJson = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

const isKept = (value: unknown): value is KeptKey =>
  typeof value === "object" && value !== null && "check" in value && typeof value.check === "string" &&
  "parameters" in value

/** Takes a backup apart; BackupError says what it is not. Nothing in it is known to be authentic yet. */
export const parse = (bytes: Uint8Array): Result.Result<BackupFile, BackupError> => {
  const first = lineAt(bytes, 0)
  if (first === undefined || !new RegExp(`^${name}[1-9][0-9]*$`).test(first.text)) return Result.fail(noBackup())
  if (first.text !== `${name}${version}`) return Result.fail(newer())
  const second = lineAt(bytes, first.next)
  const kept = parseJson(second?.text)
  if (second === undefined || !isKept(kept)) return Result.fail(noBackup())
  return Result.succeed({ kept, header: bytes.subarray(0, second.next), body: bytes.subarray(second.next) })
}

/** The records as text, to be wrapped. */
export const body = (records: ReadonlyArray<BackupRecord>): Uint8Array => Utf8.encode(JSON.stringify(records))

const isRecord = (value: unknown): value is BackupRecord =>
  typeof value === "object" && value !== null && "id" in value && typeof value.id === "string" && "value" in value

/** The records again. */
export const parseBody = (text: Uint8Array): Result.Result<ReadonlyArray<BackupRecord>, BackupError> => {
  const records = parseJson(Utf8.decode(text))
  return Array.isArray(records) && records.every(isRecord) ? Result.succeed(records) : Result.fail(noBackup())
}
