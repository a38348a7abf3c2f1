/** A named check of the suite, and what checks find out with. */
import * as Utf8 from "@keystead/core/Utf8"
import type { Feature } from "./Capabilities.ts"
import type { Target } from "./Target.ts"

/** One thing that a service must do. It knows no test framework: run it in whatever runner the host has. */
export interface Check {
  readonly name: string
  /** What the service needs for it; where it lacks that, `refused` is run in its place. */
  readonly feature?: Feature
  /** Rejects with a `Violation` that says what the service did, or with the service's own error. */
  readonly run: (target: Target) => Promise<void>
  /** Asks for what the service lacks: it must be refused with the error that the feature names. */
  readonly refused?: (target: Target) => Promise<unknown>
}

/** The service did otherwise than it must. */
export class Violation extends Error {
  override readonly name = "Violation"
}

/** Fails the check unless it is so. */
export function ensure(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Violation(problem)
}

/** What must be there. */
export const given = <Value>(value: Value | undefined, what: string): Value => {
  if (value === undefined) throw new Violation(`${what} is missing`)
  return value
}

const shown = (value: unknown): string =>
  value instanceof Uint8Array ? `${value.length} bytes [${value.join(" ")}]` : JSON.stringify(value) ?? "undefined"

/** Fails the check unless both are the same value, by their JSON, and bytes by what they are. */
export const ensureSame = (actual: unknown, expected: unknown, what: string): void =>
  ensure(shown(actual) === shown(expected), `${what} is ${shown(actual)}, and should be ${shown(expected)}`)

/** An error as a caller sees it. */
export interface Refusal {
  readonly name: string
  readonly message: string
}

const refusalOf = (error: unknown): Refusal => {
  if (!(error instanceof Error)) throw new Violation(`It failed with ${shown(error)}, which is no Error`)
  return { name: error.name, message: error.message }
}

/** The error that the call must fail with, by its name. */
export const refused = async (call: Promise<unknown>, name: string, what: string): Promise<Refusal> => {
  const outcome = await call.then(() => undefined, refusalOf)
  if (outcome === undefined) throw new Violation(`${what} succeeded, and should have failed with ${name}`)
  ensure(
    outcome.name === name,
    `${what} failed with ${outcome.name} (${outcome.message}), and should have failed with ${name}`
  )
  return outcome
}

/** Text as bytes. */
export const bytes = Utf8.encode
