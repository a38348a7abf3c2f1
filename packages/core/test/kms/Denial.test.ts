import { assert, describe, it } from "@effect/vitest"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import { operations } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { history, type Progress, take, tightLimits } from "../support/Histories.ts"
import { holds, patience } from "../support/Property.ts"
import { records } from "../support/Tamper.ts"
import { makeWorld } from "../support/World.ts"

const policy = (...Statement: ReadonlyArray<object>) =>
  Result.getOrThrow(parseIdentityPolicy(JSON.stringify({ Version: "2012-10-17", Statement })))

const everything = { Effect: "Allow", Action: "*", Resource: "*" }

const actions = [...new Set(operations.flatMap((operation) => operation.actions))]

describe("an explicit deny", () => {
  it(
    "wins over everything that allows, for every operation, in every history",
    () =>
      holds(
        fc.record({ steps: history(40), denied: fc.subarray(actions, { minLength: 1 }) }),
        ({ denied, steps }) =>
          Effect.gen(function*() {
            const world = yield* makeWorld({ limits: tightLimits })
            const progress: Progress = { keys: [], blobs: [] }
            const identityPolicies = [
              policy(everything, { Effect: "Deny", Action: denied, Resource: "*" }),
              policy(everything)
            ]
            for (const step of steps) {
              yield* world.kms.maintain
              const before = yield* records(world)
              // Every other step is by the same caller, without the policies: so that there is something to be denied.
              const careful = "operation" in step && step.asking.other % 2 === 0
              const outcome = yield* take(
                world,
                step,
                progress,
                (caller) => careful ? { ...caller, identityPolicies } : caller
              )
              if (!careful || outcome === undefined) continue
              const needed = operations.find(({ name }) => name === step.operation)?.actions ?? []
              if (!needed.some((action) => denied.includes(action))) continue
              assert("error" in outcome, step.operation)
              assert.isFalse(
                /DryRun|Disabled|InvalidState|LimitExceeded|Conflict|IncorrectKey/.test(outcome.error),
                outcome.error
              )
              assert.deepStrictEqual(yield* records(world), before)
            }
          })
      ),
    patience
  )
})
