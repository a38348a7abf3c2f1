/** The things that the envelope suite times, each in a process that has loaded nothing but what it needs. */

/** Things by name. Each goes once through what it is named after. */
export type Tasks = ReadonlyMap<string, () => unknown>

/** What to do, and how often. */
export interface Order {
  readonly task: string
  readonly count: number
}

/** Does what the parent process orders, and says when it is done. */
export const serve = (tasks: Tasks): void => {
  const work = async ({ count, task }: Order): Promise<void> => {
    const run = tasks.get(task)
    if (run === undefined) throw new Error(`There is no task ${task}`)
    for (let i = 0; i < count; i++) {
      const working = run()
      if (working instanceof Promise) await working
    }
    process.send?.("done")
  }
  process.on("message", (order: Order) => void work(order))
}
