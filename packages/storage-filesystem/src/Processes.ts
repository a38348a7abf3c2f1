/** Who holds a lock, and whether they still live. */
import { randomUUID } from "node:crypto"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"
import { kill, pid } from "node:process"

/** A process, told apart from every other one as far as its system lets it. */
export interface Owner {
  readonly host: string
  readonly pid: number
  /** Which start of the machine, which space of process ids, and when the process began; empty where nobody tells. */
  readonly boot: string
  readonly space: string
  readonly started: string
}

/** `Unknown`: an owner of that id may live, but nothing says whether it is this one. */
export type Life = "Alive" | "Dead" | "Unknown"

export interface Processes {
  readonly self: Owner
  readonly lifeOf: (owner: Owner) => Life
  /** A name that nothing else has. */
  readonly token: () => string
}

/** What Linux tells through `/proc`; elsewhere nothing. */
const told = (read: () => string): string => {
  try {
    return read().trim()
  } catch {
    return ""
  }
}

/** The fields of `/proc/PID/stat` behind the command's name, which is in parentheses and may hold any character. */
const statOf = (id: number): ReadonlyArray<string> => {
  const stat = told(() => readFileSync(`/proc/${id}/stat`, "latin1"))
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")
}
const STATE = 0
const STARTED = 19

let known: Owner | undefined

/** Asked for when a store is opened: elsewhere than in Node it may not be told, or somebody may be asked first. */
const ask = (): Owner =>
  known ??= {
    host: hostname(),
    pid,
    boot: told(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1")),
    space: told(() => readlinkSync("/proc/self/ns/pid")),
    started: statOf(pid)[STARTED] ?? ""
  }

const lifeOf = (owner: Owner): Life => {
  const self = ask()
  if (owner.host !== self.host) return "Unknown"
  // The same machine was started again: nothing that ran before runs now.
  if (owner.boot !== self.boot) return owner.boot !== "" && self.boot !== "" ? "Dead" : "Unknown"
  // In another container, perhaps: its process ids are not ours.
  if (owner.space !== self.space) return "Unknown"
  if (!exists(owner.pid)) return "Dead"
  const stat = statOf(owner.pid)
  const started = stat[STARTED] ?? ""
  if (started === "" || owner.started === "") return owner.pid === pid ? "Alive" : "Unknown"
  // Another process has its id by now; or it ended, and its parent did not ask how.
  return started !== owner.started || stat[STATE] === "Z" || stat[STATE] === "X" ? "Dead" : "Alive"
}

/** Whether a process of that id exists. When the system does not say, one may. */
const exists = (id: number): boolean => {
  try {
    return kill(id, 0)
  } catch (cause) {
    return !(typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ESRCH")
  }
}

/** The processes of this machine. */
export const nodeProcesses: Processes = {
  get self() {
    return ask()
  },
  lifeOf,
  token: randomUUID
}
