/**
 * Writers in processes of their own that are killed at random, again and again, and what must be true of their store then.
 * They run `writeForEver` of the core's tests.
 */
import { spawn } from "node:child_process"

/** What a writer told: the numbers of commits that it began, and of those that were acknowledged. */
export interface Told {
  readonly name: string
  readonly begun: Set<number>
  readonly done: Set<number>
  /** Whatever else it said. */
  readonly others: Array<string>
}

/** How to start the writer of a name, which goes on from a number. */
export type Starting = (name: string, from: number) => readonly [command: string, args: ReadonlyArray<string>]

/** How long writers are killed, in seconds. */
export const killSeconds = Number(process.env["KILL_SECONDS"] ?? 4)

/** How often each writer is killed at least, and how many of its commits are acknowledged. */
const fewest = { kills: 4, done: 6 }

/** Lets a writer live for a while from its first commit on, however slow the machine starts it, and kills it. */
const liveAndDie = ([command, args]: ReturnType<Starting>, milliseconds: number, others: Array<string>) =>
  new Promise<string>((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } })
    let text = ""
    child.stdout.on("data", (data: Buffer) => void (text += data.toString()))
    child.stderr.on("data", (data: Buffer) => void others.push(data.toString()))
    child.on("close", () => resolve(text))
    child.stdout.once("data", () => setTimeout(() => child.kill("SIGKILL"), milliseconds))
  })

const keepKilling = async (name: string, starting: Starting): Promise<Told & { readonly kills: number }> => {
  const told: Told = { name, begun: new Set(), done: new Set(), others: [] }
  const end = performance.now() + killSeconds * 1000
  let kills = 0
  // Until something has been tried, however slow the machine is: it lives longer each time.
  const isTried = () => kills >= fewest.kills && told.done.size >= fewest.done
  for (; told.others.length === 0 && (performance.now() < end || !isTried()); kills++) {
    const from = Math.max(-1, ...told.begun) + 1
    const text = await liveAndDie(starting(name, from), 20 + (kills * 97) % 250 + kills * 10, told.others)
    for (const line of text.split("\n").slice(0, -1)) {
      const [word, number] = line.split(" ")
      if (word === "begin") told.begun.add(Number(number))
      else if (word === "done") told.done.add(Number(number))
      else told.others.push(line)
    }
  }
  return { ...told, kills }
}

/** Three writers on one store, killed all the time: each four times or more, and with six commits or more acknowledged. */
export const killWriters = (starting: Starting) =>
  Promise.all(["one", "two", "three"].map((name) => keepKilling(name, starting)))

/** What is wrong with the records that the writers left: something acknowledged is lost, or something is half done. */
export const wrongAfter = (
  writers: ReadonlyArray<Told>,
  records: ReadonlyMap<string, unknown>
): ReadonlyArray<string> => {
  const wrong: Array<string> = []
  let there = 0
  for (const { begun, done, name, others } of writers) {
    wrong.push(...others)
    const logged = [...records.keys()].filter((id) => id.startsWith(`log/${name}/`))
    const numbers = new Set(logged.map((id) => Number(id.split("/")[2])))
    for (const number of done) if (!numbers.has(number)) wrong.push(`${name} ${number} is lost`)
    for (const number of numbers) if (!begun.has(number)) wrong.push(`${name} ${number} was never begun`)
    const last = Math.max(-1, ...numbers)
    for (const half of ["a", "b"]) {
      if (records.get(`pair/${name}/${half}`) !== last) wrong.push(`${name} ${last} is half done`)
    }
    there += numbers.size
  }
  if (records.get("counter") !== there) wrong.push(`The counter is not ${there}`)
  return wrong
}
