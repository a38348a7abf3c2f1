/** From what a file system says to what a store says: which file, what is wrong, what to do. */
import { StorageError } from "@keystead/core/Errors"
import type { FileError } from "./FileSystem.ts"

const FULL = ["ENOSPC", "EDQUOT"]
const FORBIDDEN = ["EROFS", "EACCES", "EPERM", "NotCapable"]

/** The store's error for a file system's. */
export const storageError = ({ code, operation, path }: FileError): StorageError => {
  if (FULL.includes(code)) {
    const message = `No space is left to write ${path} (${code}). Free some and try again: nothing was changed.`
    return new StorageError({ reason: "Full", message, place: path })
  }
  if (FORBIDDEN.includes(code) && operation === "write") {
    const message = `${path} may not be written (${code}). Let this user write in the store's folder, and try again.`
    return new StorageError({ reason: "ReadOnly", message, place: path })
  }
  const verb = operation === "read" ? "read" : "written"
  const advice = FORBIDDEN.includes(code) ? "Let this user read the store's folder" : "Look at the disk"
  const message = `${path} could not be ${verb} (${code}). ${advice}, and try again.`
  return new StorageError({ reason: "Unavailable", message, place: path })
}

/** A file is not what the store wrote. */
export const corrupt = (place: string, what: string, remedy: string): StorageError =>
  new StorageError({ reason: "Corrupt", message: `${place} ${what}. ${remedy}`, place })
