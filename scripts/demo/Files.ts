/** The files of the demo: the one that the story is told on, and a folder for all else that is gone at the end. */
import { randomFillSync } from "node:crypto"
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { Readable, Writable } from "node:stream"
import type { ReadableStream, WritableStream } from "node:stream/web"

const generatedSize = 8 * 1024 * 1024

/** The file that was named, from where npm was called; else a new one of 8 MiB. The folder goes when the process does. */
export const prepare = (named: string | undefined) => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-demo-"))
  const path = (name: string) => join(folder, name)
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130))
  if (named === undefined) {
    writeFileSync(path("generated.bin"), randomFillSync(new Uint8Array(generatedSize)))
    return { path, file: path("generated.bin"), name: "a generated file", size: generatedSize }
  }
  const file = resolve(process.env["INIT_CWD"] ?? ".", named)
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isFile() !== true) {
    console.error(`There is no file ${file}. Name another: npm run demo -- FILE`)
    process.exit(2)
  }
  return { path, file, name: basename(file), size: found.size }
}

const chunk = 1024 * 1024

/** A file's bytes as a web stream. */
export const read = (path: string): ReadableStream<Uint8Array> =>
  Readable.toWeb(createReadStream(path, { highWaterMark: chunk }))

/** A web stream into a new file. */
export const write = (path: string): WritableStream<Uint8Array> => Writable.toWeb(createWriteStream(path))

/** Whether two files have the same bytes, every one of them. */
export const same = async (left: string, right: string): Promise<boolean> => {
  await using one = await open(left)
  await using other = await open(right)
  for (;;) {
    const [a, b] = await Promise.all([one, other].map((file) => file.read(Buffer.alloc(chunk), 0, chunk)))
    if (a === undefined || b === undefined || a.bytesRead !== b.bytesRead) return false
    if (!a.buffer.subarray(0, a.bytesRead).equals(b.buffer.subarray(0, b.bytesRead))) return false
    if (a.bytesRead === 0) return true
  }
}
