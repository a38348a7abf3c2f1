/** Files that are being sealed or opened. They go on while other views are looked at. */
import { signal } from "@preact/signals"
import { type Refused, refusedOf } from "../backend/Refusal.ts"
import type { FileJob, FileProgress, FileResult } from "../engine/FileJob.ts"
import { engine } from "./Engine.ts"

/** A file on its way, or done. */
export interface Job {
  readonly id: number
  readonly way: FileJob["way"]
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
  readonly done: number
  /** When it began, in milliseconds of the page's clock. */
  readonly began: number
  readonly cancel: () => void
  readonly result?: FileResult
  readonly problem?: Refused
}

/** All of them, the newest first. */
export const jobs = signal<ReadonlyArray<Job>>([])

const update = (id: number, change: Partial<Job>): void => {
  jobs.value = jobs.value.map((job) => job.id === id ? { ...job, ...change } : job)
}

/** Takes a job out of the list. */
export const forget = (id: number): void => {
  jobs.value = jobs.value.filter((job) => job.id !== id)
}

/** Saves what is to be downloaded. */
export const download = (file: File): void => {
  const url = URL.createObjectURL(file)
  const link = document.createElement("a")
  link.href = url
  link.download = file.name
  link.click()
  // The browser reads it while it saves it, which may take minutes.
  setTimeout(() => URL.revokeObjectURL(url), 600_000)
}

let last = 0

/** Begins a job. Its end shows in the list. */
export const begin = async (job: FileJob): Promise<void> => {
  const id = ++last
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener("message", ({ data: { done } }: MessageEvent<FileProgress>) => update(id, { done }))
  port1.start()
  const { size } = job.file
  const began = performance.now()
  const cancel = () => port1.postMessage("cancel")
  jobs.value = [{ id, way: job.way, name: job.name, size, done: 0, began, cancel }, ...jobs.value]
  try {
    const result = await engine.transfer(job, port2)
    update(id, { result, done: size })
    if (result.download !== undefined) download(result.download)
  } catch (error) {
    update(id, { problem: refusedOf(error) })
  } finally {
    port1.close()
  }
}
