/** A process of tasks, driven from here. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import type { Contender } from "../framework/Measure.ts"
import type { Order } from "./Task.ts"

/** Contenders whose calls run in a process of their own. */
export interface Worker {
  /** The contender of this name, which does the task of that name. */
  readonly contender: (name: string, task: string) => Contender
  readonly end: () => void
}

const ask = async (child: ChildProcess, order: Order): Promise<void> => {
  const gone = new AbortController()
  const exit = once(child, "exit", { signal: gone.signal }).then(() => {
    throw new Error(`The process of ${order.task} ended`)
  })
  child.send(order)
  try {
    await Promise.race([once(child, "message", { signal: gone.signal }), exit])
  } finally {
    exit.catch(() => {})
    gone.abort()
  }
}

/** Starts the process of a file that serves tasks. */
export const start = (file: string): Worker => {
  const child = fork(new URL(file, import.meta.url))
  return {
    contender: (name, task) => ({ name, batch: (count) => ask(child, { task, count }) }),
    end: () => child.kill()
  }
}
