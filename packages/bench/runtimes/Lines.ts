/** Serves tasks over the standard streams, as Node, Deno and Bun have them: a task and a count in, `done` out, a line each. */
import { createInterface } from "node:readline"

/** Works on lines until there are no more. */
export const serveLines = async (work: (task: string, count: number) => Promise<void>): Promise<void> => {
  for await (const line of createInterface(process.stdin)) {
    const [task = "", count = ""] = line.split(" ")
    await work(task, Number(count))
    process.stdout.write("done\n")
  }
}
