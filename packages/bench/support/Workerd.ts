/** workerd as the suite `worker` runs it, and what it costs the processor. */
import { Miniflare, type MiniflareOptions } from "miniflare"
import { readdirSync, readFileSync } from "node:fs"

/** A running workerd. */
export interface Workerd {
  readonly url: string
  /** Asks it for a path, with a body if there is one; rejects if that did not go well. */
  readonly ask: (path: string, body?: unknown) => Promise<string>
  /** Milliseconds of processor time that it took since it began, all its threads together. */
  readonly processorTime: () => number
  readonly stop: () => Promise<void>
}

const children = (): ReadonlyArray<string> =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ")

/** Linux tells of each thread how many nanoseconds it ran. Source: the kernel's Documentation/scheduler/sched-stats.rst. */
const processorTime = (pid: string) => (): number => {
  const threads = readdirSync(`/proc/${pid}/task`)
  const ran = (thread: string) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0])
  return threads.reduce((sum, thread) => sum + ran(thread), 0) / 1e6
}

/** Starts it. */
export const start = async (options: MiniflareOptions): Promise<Workerd> => {
  const before = new Set(children())
  const miniflare = new Miniflare(options)
  const url = (await miniflare.ready).href
  const pid = children().find((child) => !before.has(child) && isWorkerd(child))
  if (pid === undefined) throw new Error("workerd runs under no process id that can be found")
  return {
    url,
    ask: async (path, body) => {
      // A connection of its own: one that is kept may be closed just when it is used again.
      const headers = { connection: "close" }
      const init = body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) }
      const reply = await fetch(new URL(path, url), init)
      const text = await reply.text()
      if (!reply.ok) throw new Error(`${path}: ${text}`)
      return text
    },
    processorTime: processorTime(pid),
    stop: () => miniflare.dispose()
  }
}

const isWorkerd = (pid: string): boolean => readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("workerd")
