/**
 * A seeded run of many calls over every operation of the registry, refusals included, and a digest of all that came of it:
 * each reply and error, each change of a record, each audit event, and in the end every record.
 *
 * Two runtimes, or two layers of primitives, that give the same digest have computed the same. Each call's digest binds the
 * one before it, so that the first call that differs is found by comparing lists, and then shown by running up to it again.
 */
import { concat } from "@keystead/core/Bytes"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { operations, registry } from "@keystead/core/operations/Registry"
import * as Utf8 from "@keystead/core/Utf8"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Exit from "effect/Exit"
import * as Ask from "./internal/Ask.ts"
import * as Dice from "./internal/Dice.ts"
import { image, summary } from "./internal/Image.ts"
import * as World from "./internal/World.ts"
import * as Setting from "./Setting.ts"

/** How a trace is run. */
export interface Options {
  readonly primitives: Setting.Primitives
  /** How many calls; 10,000 if nothing is said. */
  readonly calls?: number
  readonly seed?: string
  /** The call to be shown, by its number from 0 on: nothing runs after it. */
  readonly show?: number | undefined
}

/** How often an operation succeeded, and with which errors it failed how often. */
export interface Count {
  readonly operation: string
  readonly succeeded: number
  readonly failed: number
  readonly errors: Readonly<Record<string, number>>
}

/** What a trace gave. */
export interface Traced {
  /** SHA-256 over everything, in hexadecimal digits. */
  readonly digest: string
  /** The digest after each call, shortened; the last one is of the records in the end. */
  readonly steps: ReadonlyArray<string>
  readonly counts: ReadonlyArray<Count>
  /** What was asked in the call that was to be shown, and what came of it. Secrets are left out. */
  readonly shown: string
}

/** How many calls a trace has. */
export const defaultCalls = 10_000

const stepLength = 12
const minute = 60_000
const day = 24 * 60 * minute

/** Binds each entry to all before it. */
const makeChain = (crypto: Crypto["Service"]) => {
  let digest: Uint8Array = new Uint8Array(0)
  const steps: Array<string> = []
  return {
    steps,
    digest: () => Hex.encode(digest),
    add: Effect.fnUntraced(function*(entry: unknown) {
      digest = yield* crypto.sha256(concat([digest, Utf8.encode(image(entry))]))
      steps.push(Hex.encode(digest).slice(0, stepLength))
    })
  }
}

/** How a call ended: with a reply, or with an error's name and message. */
type Outcome =
  | { readonly reply: unknown; readonly error?: undefined }
  | { readonly error: string; readonly message: string }

/** The error as a caller sees it; a defect too is part of what must be the same. */
const outcomeOf = (exit: Exit.Exit<unknown, unknown>): Outcome => {
  if (Exit.isSuccess(exit)) return { reply: exit.value }
  const error: unknown = Cause.squash(exit.cause)
  if (!(error instanceof Error)) return { error: "Defect", message: image(error) }
  return { error: "_tag" in error && typeof error._tag === "string" ? error._tag : error.name, message: error.message }
}

/** Time passes between some of the calls: moments, days, now and then more than a key's deletion or rotation takes. */
const pass = Effect.fnUntraced(function*({ kms, wait }: Setting.Setting, dice: Dice.Dice) {
  if (dice.often(25)) wait(dice.below(4 * minute))
  if (dice.often(2)) wait(dice.below(day))
  if (dice.below(1000) < 4) wait(dice.pick([1, 2, 8, 8, 8, 31, 31, 91]) * day)
  return dice.often(2) ? outcomeOf(yield* Effect.exit(kms.maintain)) : undefined
})

/** The call for a person, who has to see what differs. */
const shownOf = (
  { input, operation, session }: World.Ask,
  outcome: Outcome,
  happened: ReadonlyArray<unknown>
): string =>
  [
    `${operation.name} by ${session.caller.principal} in ${session.region}: ${summary(input)}`,
    summary(outcome),
    `what was committed, and the audit event: ${summary(happened)}`
  ].join("\n")

const stateErrors: ReadonlyArray<string> = ["KMSInvalidStateException", "DisabledException"]

interface Tally {
  succeeded: number
  failed: number
  readonly errors: Record<string, number>
}

const tally = (): Tally => ({ succeeded: 0, failed: 0, errors: {} })

const take = (tally: Tally | undefined, error: string | undefined): void => {
  if (tally === undefined) return
  if (error === undefined) tally.succeeded++
  else {
    tally.failed++
    tally.errors[error] = (tally.errors[error] ?? 0) + 1
  }
}

/** Runs a trace. */
export const run = Effect.fnUntraced(function*({ calls = defaultCalls, primitives, seed = "trace", show }: Options) {
  const setting = yield* Setting.make(primitives, seed)
  const dice = Dice.of(`${seed} calls`)
  const world = World.make(dice, setting.outside)
  const chain = makeChain(setting.outside)
  const counts = new Map(operations.map(({ name }) => [name, tally()]))
  let follow: World.KnownKey | undefined
  let shown = ""

  const call = Effect.fnUntraced(function*(index: number) {
    const maintained = yield* pass(setting, dice)
    const now = setting.now()
    const ask = yield* follow === undefined
      ? Ask.next(world, counts, now)
      : Ask.askFor(world, registry.DescribeKey, now, follow)
    const { input, key, operation, session } = ask
    const exit = yield* Effect.exit(setting.kms.execute(operation, input, session))
    const outcome = outcomeOf(exit)
    const happened = setting.happened()
    yield* chain.add({ now, maintained, operation: operation.name, session, input, outcome, happened })
    take(counts.get(operation.name), outcome.error)
    if (outcome.error === undefined) World.learn(world, ask, World.membersIn(outcome.reply))
    else World.unlearn(world, ask, outcome.error, outcome.message)
    // A key that was changed, or is not in the state that was expected, is looked at again now and then.
    const surprising = outcome.error === undefined ? !operation.readOnly : stateErrors.includes(outcome.error)
    follow = surprising && dice.often(50) ? key : undefined
    if (index === show) shown = shownOf(ask, outcome, happened)
  })

  const last = Math.min(show ?? calls, calls - 1)
  for (let index = 0; index <= last; index++) yield* setting.timed(call(index))
  yield* chain.add(setting.records())
  if (show === calls) shown = `The records in the end: ${summary(setting.records())}`
  const traced: Traced = {
    digest: chain.digest(),
    steps: chain.steps,
    counts: [...counts].map(([operation, count]) => ({ operation, ...count })),
    shown
  }
  return traced
}, (effect) => Effect.scoped(effect))
