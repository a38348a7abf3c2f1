/**
 * What a page writes that keeps its keys with `@keystead/runtime-browser`: `openKms` with the symmetric group, in IndexedDB, and
 * files sealed and opened as streams.
 */
import { openKms } from "@keystead/runtime-browser/OpenKms"
import { decryptStream, encryptStream } from "@keystead/runtime-browser/SealStreams"

/** @public the bundle's only export */
export const page = async (database: string, KeyId: string) => {
  const kms = await openKms({ database })
  return {
    kms,
    seal: (file: Blob) => file.stream().pipeThrough(encryptStream(kms, { KeyId })),
    open: (message: Blob) => message.stream().pipeThrough(decryptStream(kms))
  }
}
