/**
 * Bad input, thrown at every operation of the registry, as JSON through its codec and as values: whatever comes is a reply
 * that is valid, or an error that the operation is known to give. After an error the store is as it was.
 */
import type { Caller } from "@keystead/core/domain/Caller"
import * as JsonCodec from "@keystead/core/operations/JsonCodec"
import type { Operation } from "@keystead/core/operations/Operation"
import { type OperationName, registry } from "@keystead/core/operations/Registry"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import * as SchemaParser from "effect/SchemaParser"
import * as fc from "fast-check"
import { inspect } from "node:util"
import { errorTable } from "../types/ErrorTable.ts"
import { type Form, requests } from "./Hostile.ts"
import { wrappingKinds } from "./Importing.ts"
import { prepare } from "./Inputs.ts"
import { createKey, makeWorld, region, root, type World } from "./World.ts"

/** What is wrong with how a call ended. */
export class Broken extends Error {}

/** How calls ended: replies, and errors by their names. */
export type Tally = Map<string, number>

const caller: Caller = { principal: root }

const longestMessage = 100_000

/** AWS's words for what is wrong with members. */
const ofMembers =
  /^[1-9]\d* validation errors? detected: Value[^]* at '[^]*' failed to satisfy constraint: Member must /

const noticed = (operation: string, error: unknown): string => {
  if (!(error instanceof Error) || !("_tag" in error) || typeof error._tag !== "string") {
    throw new Broken(`${operation} failed with something that is no typed error`)
  }
  if (error.message.length > longestMessage) {
    throw new Broken(`${operation} gave an error of ${error.message.length} characters`)
  }
  return error._tag
}

/** Whether the schema refuses the request; then the error must be AWS's. */
const needAwsWords = (operation: Operation, request: unknown, error: unknown): void => {
  if (Result.isSuccess(SchemaParser.decodeUnknownResult(operation.input)(request))) return
  const message = error instanceof Error && error.name === "ValidationException" ? error.message : ""
  if (!ofMembers.test(message)) {
    throw new Broken(`${operation.name} does not say what is wrong: ${message.slice(0, 300)}`)
  }
}

const call = Effect.fnUntraced(function*(world: World, operation: Operation, request: unknown) {
  const before = yield* Ref.get(world.store)
  const exit = yield* Effect.exit(world.kms.execute(operation, request as never, { caller, region }))
  const after = yield* Ref.get(world.store)
  yield* Ref.set(world.store, before)
  if (Object.hasOwn(Object.prototype, "polluted") || "polluted" in {}) throw new Broken(`${operation.name} pollutes`)
  if (Exit.isSuccess(exit)) {
    const encoded = JSON.stringify(JsonCodec.of(operation.output).encode(exit.value))
    if (!SchemaParser.is(operation.output)(exit.value) || encoded === undefined) {
      throw new Broken(`${operation.name} gave a reply that is not valid`)
    }
    return "a reply"
  }
  if (!exit.cause.reasons.every(Cause.isFailReason)) {
    throw new Broken(`${operation.name} ended in a defect: ${Cause.pretty(exit.cause).slice(0, 1000)}`)
  }
  const error: unknown = Cause.squash(exit.cause)
  const name = noticed(operation.name, error)
  const known: ReadonlyArray<string> = errorTable[operation.name as OperationName]
  if (!known.includes(name)) throw new Broken(`${operation.name} is not known to give ${name}`)
  needAwsWords(operation, request, error)
  if (after !== before) throw new Broken(`${operation.name} failed with ${name}, and changed the store`)
  return name
})

/** One request, as it comes: how it ended. */
const ask = (world: World, operation: Operation, form: Form, given: unknown): Effect.Effect<string> => {
  if (form === "value") return call(world, operation, given)
  const decoded = JsonCodec.of(operation.input).decode(given)
  return Result.isSuccess(decoded)
    ? call(world, operation, decoded.success)
    : Effect.sync(() => noticed(operation.name, decoded.failure))
}

/** An operation in a world where a request to it would be carried out. */
const ready = Effect.fnUntraced(function*(operation: Operation) {
  const world = yield* makeWorld({ kinds: wrappingKinds })
  const { KeyId, input } = yield* prepare(world.root, operation.name as OperationName)
  const TargetKeyId = operation.name === "UpdateAlias" ? yield* createKey(world.root) : KeyId
  yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId })
  return { world, fitting: { ...input, AliasName: operation.name === "CreateAlias" ? "alias/new" : "alias/a" } }
})

const shown = (value: unknown): string => inspect(value, { depth: 6, maxStringLength: 300, maxArrayLength: 20 })

/** Throws `examples` requests at each operation; rejects with the smallest one that is broken, if any is. */
export const fuzz = async (examples: number, seed: number, tally: Tally, until = () => false): Promise<void> => {
  for (const operation of Object.values<Operation>(registry)) {
    if (until()) return
    const { fitting, world } = await Effect.runPromise(Effect.scoped(ready(operation)))
    for (const form of ["json", "value"] as const) {
      const input = form === "json" ? Object(JsonCodec.of(operation.input).encode(fitting)) : fitting
      const property = fc.asyncProperty(requests(operation.input.ast, input, form), async (request) => {
        const ended = await Effect.runPromise(ask(world, operation, form, request))
        tally.set(ended, (tally.get(ended) ?? 0) + 1)
      })
      const { counterexample, errorInstance, failed } = await fc.check(property, { numRuns: examples, seed })
      // fast-check's own report goes as deep as the input, which can be too deep.
      if (failed) throw new Broken(`${String(errorInstance)}\n${form}, seed ${seed}: ${shown(counterexample)}`)
    }
  }
}
