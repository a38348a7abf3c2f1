/** Tells a story step by step, times each step, and ends with a table of them. */

/** What must hold, does not. */
class Wrong extends Error {
  override readonly name = "Wrong"
}

/** Stops the story unless the claim holds. */
export function check(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new Wrong(`It is not so that ${claim}.`)
}

/** Waits for a call that must be refused with this error; gives its message. */
export const refused = async (call: Promise<unknown>, name: string): Promise<string> => {
  const error = await call.then(() => undefined, (error: unknown) => error)
  check(error instanceof Error && error.name === name, `this is refused with ${name}, and not ${String(error)}`)
  return error.message
}

interface Step {
  readonly title: string
  readonly milliseconds: number
}

const time = (milliseconds: number): string =>
  milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`

/** The steps so far. */
export class Story {
  readonly #steps: Array<Step> = []

  /** Takes one step. `run` does it, and gives its result and what there is to tell, a line each. */
  readonly step = async <A>(
    title: string,
    run: () => Promise<readonly [A, ...lines: ReadonlyArray<string>]>
  ): Promise<A> => {
    const number = String(this.#steps.length + 1).padStart(2)
    process.stdout.write(`${number}. ${title}\n`)
    const start = performance.now()
    const [result, ...lines] = await run()
    this.#steps.push({ title, milliseconds: performance.now() - start })
    for (const line of lines) process.stdout.write(`    ✓ ${line}\n`)
    return result
  }

  /** What was done, and how long each step took. */
  readonly table = (): string => {
    const width = Math.max(...this.#steps.map(({ title }) => title.length))
    const line = (left: string, right: string) => `  ${left.padEnd(width)}  ${right.padStart(9)}`
    const rule = line("─".repeat(width), "─".repeat(9))
    const total = this.#steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
    return [
      line("what it did", "time"),
      rule,
      ...this.#steps.map(({ milliseconds, title }) => line(title, time(milliseconds))),
      rule,
      line(`${this.#steps.length} steps, every check passed`, time(total))
    ].join("\n")
  }
}
