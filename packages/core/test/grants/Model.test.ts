/** Grants against a small model of their own: random histories of creating, using, retiring, revoking, and time. */
import { assert, describe, it } from "@effect/vitest"
import type { Caller } from "@keystead/core/domain/Caller"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { examples, patience, run } from "../support/Property.ts"
import { bytes } from "../support/World.ts"
import { ada, bob, denied, outcome, rootOf, stranger, withKey } from "./Support.ts"

const grantees = [ada, bob, stranger]
const owner = rootOf("111122223333")
const delay = 300_000
const contexts: ReadonlyArray<Record<string, string>> = [{}, { a: "1" }, { a: "1", b: "2" }, { a: "2" }]
const operationLists = [
  ["Encrypt"],
  ["GenerateDataKey", "DescribeKey"],
  ["Encrypt", "CreateGrant"],
  ["Encrypt", "CreateGrant", "RetireGrant", "GenerateDataKey"]
] as const

type GrantOperation = (typeof operationLists)[number][number]

interface Terms {
  readonly grantee: string
  readonly operations: ReadonlyArray<GrantOperation>
  /** Undefined for no constraint. */
  readonly pairs: Record<string, string> | undefined
  readonly exactly: boolean
  readonly name: string | undefined
}

interface Grant extends Terms {
  readonly id: string
  readonly token: string
  readonly created: number
  readonly issuer: string
}

interface Model {
  now: number
  grants: Array<Grant>
  /** Tokens of grants that have ended. */
  ended: Array<Grant>
}

type Real = Effect.Success<ReturnType<typeof withKey>> & {
  readonly promise: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
}
type Command = fc.AsyncCommand<Model, Real>

const includes = (context: Record<string, string>, pairs: Record<string, string>) =>
  Object.entries(pairs).every(([key, value]) => context[key] === value)

const meets = ({ exactly, pairs }: Terms, context: Record<string, string>) =>
  pairs === undefined ||
  (includes(context, pairs) && (!exactly || Object.keys(context).length === Object.keys(pairs).length))

const isWithin = (child: Terms, parent: Terms) =>
  child.operations.every((one) => parent.operations.includes(one)) &&
  (parent.pairs === undefined || (child.pairs !== undefined &&
    (parent.exactly
      ? child.exactly && JSON.stringify(child.pairs) === JSON.stringify(parent.pairs)
      : includes(child.pairs, parent.pairs))))

/** Whether a caller may, by the grants that are known to him. */
const allowed = (
  model: Model,
  caller: string,
  operation: GrantOperation,
  token: Grant | undefined,
  fits: (grant: Grant) => boolean
) =>
  caller === owner ||
  model.grants.some((grant) =>
    grant.grantee === caller && grant.operations.includes(operation) && fits(grant) &&
    (grant.created + delay <= model.now || grant === token)
  )

const accountOf = (arn: string) => arn.split(":")[4] ?? ""

const call = (
  real: Real,
  caller: Caller | string,
  operation: GrantOperation,
  context: Record<string, string>,
  token?: string
) => {
  const tokens = token === undefined ? {} : { GrantTokens: [token] }
  const input = { KeyId: real.arn, EncryptionContext: context, ...tokens }
  const client = real.as(caller)
  switch (operation) {
    case "Encrypt":
      return outcome(client.encrypt({ ...input, Plaintext: bytes("x") }))
    case "GenerateDataKey":
      return outcome(client.generateDataKey({ ...input, KeySpec: "AES_256" }))
    default:
      return outcome(client.describeKey({ KeyId: real.arn, ...tokens }))
  }
}

const constraintsOf = ({ exactly, pairs }: Terms) =>
  pairs === undefined ? {} : { Constraints: { [`EncryptionContext${exactly ? "Equals" : "Subset"}`]: pairs } }

const pick = <Item>(items: ReadonlyArray<Item>, at: number): Item | undefined => items[at % Math.max(1, items.length)]

const command = (text: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  toString: () => text,
  run
})

const isSame = (one: Terms & { issuer: string }, other: Terms & { issuer: string }) =>
  one.name !== undefined && one.name === other.name && one.grantee === other.grantee && one.issuer === other.issuer &&
  one.exactly === other.exactly && one.operations === other.operations &&
  JSON.stringify(one.pairs) === JSON.stringify(other.pairs)

const create = (caller: string, terms: Terms, at: number | undefined) =>
  command(`create by ${caller}: ${JSON.stringify(terms)} token ${at}`, async (model, real) => {
    const token = at === undefined ? undefined : pick(model.grants, at)
    const expected = allowed(model, caller, "CreateGrant", token, (grant) => isWithin(terms, grant))
    const { grantee, name, operations } = terms
    const made = await real.promise(Effect.result(real.grant({
      GranteePrincipal: grantee,
      Operations: [...operations],
      ...constraintsOf(terms),
      ...(name === undefined ? {} : { Name: name }),
      ...(token === undefined ? {} : { GrantTokens: [token.token] })
    }, real.as(caller))))
    assert.strictEqual(made._tag === "Success", expected)
    if (made._tag === "Failure") return assert.strictEqual(made.failure._tag, denied)
    const { GrantId: id, GrantToken } = made.success
    const grant = { ...terms, id, token: GrantToken, created: model.now, issuer: accountOf(caller) }
    const known = model.grants.find((one) => isSame(one, grant))
    assert.strictEqual(known?.id, model.grants.some((one) => one.id === id) ? id : undefined)
    if (known === undefined) model.grants.push(grant)
  })

const use = (caller: string, operation: GrantOperation, context: Record<string, string>, at: number | undefined) =>
  command(`${operation} by ${caller} ${JSON.stringify(context)} token ${at}`, async (model, real) => {
    const token = at === undefined ? undefined : pick(model.grants, at)
    const expected = allowed(
      model,
      caller,
      operation,
      token,
      (grant) => operation === "DescribeKey" || meets(grant, context)
    )
    assert.strictEqual(
      await real.promise(call(real, caller, operation, context, token?.token)),
      expected ? "ok" : denied
    )
    const ended = at === undefined ? undefined : pick(model.ended, at)
    if (ended === undefined) return
    const stale = await real.promise(call(real, caller, operation, context, ended.token))
    assert.strictEqual(stale, "InvalidGrantTokenException")
  })

const end = (caller: string, retire: boolean, byToken: boolean, at: number) =>
  command(`${retire ? "retire" : "revoke"} by ${caller}: ${at}`, async (model, real) => {
    const grant = pick(model.grants, at)
    if (grant === undefined) return
    const client = real.as(caller)
    const named = { KeyId: real.arn, GrantId: grant.id }
    const expected = caller === owner ||
      (retire && grant.grantee === caller && grant.operations.includes("RetireGrant"))
    const ended = await real.promise(outcome(
      retire ? client.retireGrant(byToken ? { GrantToken: grant.token } : named) : client.revokeGrant(named)
    ))
    assert.strictEqual(ended, expected ? "ok" : denied)
    if (!expected) return
    model.grants = model.grants.filter((one) => one !== grant)
    model.ended.push(grant)
  })

const look = command("look", async (model, real) => {
  const { Grants = [] } = await real.promise(real.root.listGrants({ KeyId: real.arn, Limit: 100 }))
  const ids = model.grants.map(({ id }) => id).toSorted((one, other) => one < other ? -1 : 1)
  assert.deepStrictEqual(Grants.map(({ GrantId }) => GrantId), ids)
})

const wait = (time: number) =>
  command(`wait ${time}`, async (model, real) => {
    model.now += time
    await real.promise(TestClock.adjust(time))
  })

const terms: fc.Arbitrary<Terms> = fc.record({
  grantee: fc.constantFrom(...grantees),
  operations: fc.constantFrom(...operationLists),
  pairs: fc.option(fc.constantFrom(...contexts.slice(1)), { nil: undefined }),
  exactly: fc.boolean(),
  name: fc.option(fc.constantFrom("n", "m"), { nil: undefined })
}).map((made) => made.pairs === undefined ? { ...made, exactly: false } : made)

const caller = fc.constantFrom(owner, owner, ...grantees)
const token = fc.option(fc.nat(9), { nil: undefined })

const commands = fc.commands([
  fc.tuple(caller, terms, token).map((args) => create(...args)),
  fc.tuple(
    fc.constantFrom(...grantees),
    fc.constantFrom("Encrypt" as const, "GenerateDataKey" as const, "DescribeKey" as const),
    fc.constantFrom(...contexts),
    token
  ).map((args) => use(...args)),
  fc.tuple(caller, fc.boolean(), fc.boolean(), fc.nat(9)).map((args) => end(...args)),
  fc.constantFrom(1, delay - 1, delay).map(wait),
  fc.constant(look)
], { maxCommands: 40, size: "max" })

describe("grants", () => {
  it(
    "allow, hide and end as the model says",
    () =>
      fc.assert(
        fc.asyncProperty(commands, (steps) =>
          run(Effect.gen(function*() {
            const world = yield* withKey({ grantDelay: delay })
            const promise = yield* Effect.map(Effect.context(), (context) => Effect.runPromiseWith(context))
            const model: Model = { now: 0, grants: [], ended: [] }
            yield* Effect.promise(() => fc.asyncModelRun(() => ({ model, real: { ...world, promise } }), steps))
          }))),
        { numRuns: examples(60) }
      ),
    patience
  )
})
