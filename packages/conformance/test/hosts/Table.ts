/** Traces in every runtime, by every layer, side by side. */
import { firstDifference } from "@keystead/conformance/trace/Difference"
import type { Traced } from "@keystead/conformance/trace/Trace"
import type { Running, Runtime } from "./Runtimes.ts"

/** One line of the table. */
export interface Line {
  readonly runtime: string
  readonly layer: string
  /** How many operations were called. */
  readonly operations: number
  readonly digest: string
  readonly seconds: number
}

/** A trace, and how to have one of its calls shown. */
interface Traces {
  readonly line: Line
  readonly traced: Traced
  readonly show: (call: number) => Promise<string>
}

const ask = async (running: Running, layer: string, calls: number, show?: number): Promise<Traced> =>
  JSON.parse(await running.ask({ layer, calls, ...(show === undefined ? {} : { show }) }))

const trace = async ({ name }: Runtime, running: Running, layer: string, calls: number): Promise<Traces> => {
  const begin = performance.now()
  const traced = await ask(running, layer, calls)
  const seconds = Math.round((performance.now() - begin) / 100) / 10
  return {
    line: { runtime: name, layer, operations: calls, digest: traced.digest, seconds },
    traced,
    show: async (call) => (await ask(running, layer, calls, call)).shown
  }
}

const where = ({ layer, runtime }: Line): string => `${runtime}, ${layer}`

/** What both did in the first call that differs; nothing if none does. */
const differing = async (one: Traces, other: Traces): Promise<ReadonlyArray<string>> => {
  const call = firstDifference(one.traced, other.traced)
  if (call === undefined) return []
  const shown = await Promise.all([one, other].map(async (each) => `  ${where(each.line)}: ${await each.show(call)}`))
  return [`Call ${call} is the first that differs.`, ...shown]
}

/** The table, and in words what differs from its first line. */
export interface Table {
  readonly lines: ReadonlyArray<Line>
  readonly differences: ReadonlyArray<string>
}

/** Traces in all of the runtimes that are there, two at a time. */
export const traceIn = async (
  runtimes: ReadonlyArray<Runtime>,
  calls: number,
  told: (line: Line) => void
): Promise<Table> => {
  const started: Array<readonly [Runtime, Running]> = []
  try {
    const found: Array<Traces> = []
    const placeOf = ({ layer, runtime }: Line): number =>
      runtimes.findIndex(({ name }) => name === runtime) * 2 + (layer === "noble" ? 0 : 1)
    const waiting = [...runtimes]
    const work = async (): Promise<void> => {
      for (let runtime = waiting.shift(); runtime !== undefined; runtime = waiting.shift()) {
        if (!await runtime.present()) continue
        const running = await runtime.start()
        started.push([runtime, running])
        for (const layer of runtime.layers) {
          const traces = await trace(runtime, running, layer, calls)
          told(traces.line)
          found.push(traces)
        }
      }
    }
    await Promise.all([work(), work()])
    const [first, ...others] = found.toSorted((left, right) => placeOf(left.line) - placeOf(right.line))
    if (first === undefined) return { lines: [], differences: ["There is no runtime."] }
    const differences = await Promise.all(others.map((other) => differing(first, other)))
    return { lines: [first, ...others].map(({ line }) => line), differences: differences.flat() }
  } finally {
    await Promise.all(started.map(([, running]) => running.close()))
  }
}
