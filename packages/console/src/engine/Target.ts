/**
 * Where a file is written to. A place that was chosen with the browser's own dialogue (File System Access) gets the file
 * when it is complete. Without one it goes to the origin's private file system, and is downloaded from there; browsers
 * keep it on the disk, so that its size does not matter either.
 */
import type { FileJob } from "./FileJob.ts"

/** A file being written. */
export interface Target {
  readonly writable: WritableStream<Uint8Array>
  /** The file to download, if it is not where it shall be. */
  readonly complete: () => Promise<File | undefined>
  /** Leaves nothing behind. */
  readonly discard: () => Promise<void>
}

const folderName = "keystead-files"

/** A file that was chosen: it holds what it held before until the new one is complete. */
const chosen = async (handle: FileSystemFileHandle): Promise<Target> => ({
  writable: await handle.createWritable(),
  complete: async () => undefined,
  // The stream that was aborted has removed its own file.
  discard: async () => undefined
})

/** The folder for files on their way. */
const privateFolder = async (): Promise<FileSystemDirectoryHandle> =>
  await (await navigator.storage.getDirectory()).getDirectoryHandle(folderName, { create: true })

const lockOf = (id: string): string => `${folderName}/${id}`

/** Says to other pages that the file is needed, as long as this one is there. */
const keep = (id: string): Promise<void> =>
  new Promise((kept, failed) => {
    navigator.locks.request(lockOf(id), () => {
      kept()
      return new Promise(() => undefined)
    }).catch(failed)
  })

/** Removes what pages that are gone left behind. */
export const clean = async (): Promise<void> => {
  const folder = await privateFolder()
  const { held = [] } = await navigator.locks.query()
  for await (const id of folder.keys()) {
    if (!held.some(({ name }) => name === lockOf(id))) await folder.removeEntry(id)
  }
}

const privateFile = async (name: string): Promise<Target> => {
  const folder = await privateFolder()
  const id = crypto.randomUUID()
  await keep(id)
  const handle = await folder.getFileHandle(id, { create: true })
  return {
    writable: await handle.createWritable(),
    complete: async () => new File([await handle.getFile()], name, { type: "application/octet-stream" }),
    discard: () => folder.removeEntry(id)
  }
}

/** Opens the job's target. */
export const targetOf = (job: FileJob): Promise<Target> => job.to === undefined ? privateFile(job.name) : chosen(job.to)
