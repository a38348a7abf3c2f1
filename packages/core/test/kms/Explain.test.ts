/** Explanations agree with the calls that they explain, and change nothing. */
import { assert, describe, it } from "@effect/vitest"
import type { ExplainedStatement } from "@keystead/core/authorization/Explain"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import type { Caller } from "@keystead/core/domain/Caller"
import type { ExplainedPermission, Explanation } from "@keystead/core/interpreter/Explain"
import type { OperationName } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { explaining } from "../support/Explaining.ts"
import {
  callers,
  history,
  inputOf,
  type Outcome,
  type Progress,
  secretText,
  take,
  tightLimits
} from "../support/Histories.ts"
import { holds, patience } from "../support/Property.ts"
import { put, records } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, region, root, user, type World } from "../support/World.ts"

const policy = (...Statement: ReadonlyArray<object>) => JSON.stringify({ Version: "2012-10-17", Statement })
const identity = (...statements: ReadonlyArray<object>) => Result.getOrThrow(parseIdentityPolicy(policy(...statements)))

/** The call ended as the explanation says, and for its reason, which the audit event has. */
const agree = ({ allowed, permissions, stopped }: Explanation, outcome: Outcome | undefined, world: World): void => {
  assert(outcome !== undefined)
  if (stopped !== null) {
    assert.isFalse(allowed)
    assert.deepStrictEqual(outcome, stopped)
    return
  }
  const verdict = world.events().at(-1)?.additionalEventData?.authorization
  const decisive = permissions.find((permission) => !permission.allowed)
  assert.strictEqual(allowed, decisive === undefined)
  if (decisive === undefined) {
    assert(!("error" in outcome) || outcome.error !== "AccessDeniedException")
    assert.deepStrictEqual(permissions.at(-1)?.verdict, verdict)
    for (const permission of permissions) assert.strictEqual(deciding(permission).length, 1)
    return
  }
  if ("error" in decisive.verdict) return assert.deepStrictEqual(outcome, decisive.verdict)
  assert.deepStrictEqual(decisive.verdict, verdict)
  assert.include(outcome, { error: "AccessDeniedException" })
}

/** What the verdict names is among the statements, and applies; root's right over what has no policy is no statement. */
const deciding = ({ grants, statements, verdict }: ExplainedPermission): ReadonlyArray<unknown> => {
  if ("error" in verdict) return []
  const grounds = verdict.allowed ? verdict.by : verdict.because
  if (grounds._tag === "AccountRoot") return [grounds]
  if (grounds._tag === "Grant") {
    return grants.filter(({ grantId, mismatches }) => grantId === grounds.grantId && mismatches.length === 0)
  }
  if (!("source" in grounds)) return []
  const isSource = ({ source }: ExplainedStatement) => JSON.stringify(source) === JSON.stringify(grounds.source)
  return statements.filter((statement) => isSource(statement) && statement.mismatches.length === 0)
}

describe("an explanation", () => {
  it(
    "says of every call in every history what the call itself comes to, and changes nothing",
    () =>
      holds(history(30), (steps) =>
        Effect.gen(function*() {
          const world = yield* makeWorld({ limits: tightLimits })
          const explain = yield* explaining(world, { limits: tightLimits })
          const progress: Progress = { keys: [], blobs: [] }
          const identityPolicies = [
            identity(
              { Effect: "Allow", Action: "*", Resource: "*" },
              { Effect: "Deny", Action: ["kms:Encrypt", "kms:TagResource"], Resource: "*" }
            )
          ]
          for (const step of steps) {
            const before = yield* records(world)
            // Every other step is by the same caller with policies of its own.
            const careful = "operation" in step && step.asking.other % 2 === 0
            const as = (caller: Caller): Caller => careful ? { ...caller, identityPolicies } : caller
            if (!("operation" in step)) {
              yield* take(world, step, progress)
              continue
            }
            const input = inputOf(step.operation, step.asking, progress)
            const explanation = yield* explain(as(callers[step.caller] ?? { principal: root }), step.operation, input)
            assert.deepStrictEqual(yield* records(world), before)
            const text = JSON.stringify(explanation)
            assert.deepStrictEqual(JSON.parse(text), explanation)
            assert.notInclude(text, secretText)
            const outcome = yield* take(world, step, progress, as)
            agree(explanation, outcome, world)
          }
        })),
    patience
  )

  it.effect("names the statement that decides, and what keeps each of the others from it", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const explain = yield* explaining(world)
      const statement = (Sid: string, name: string, more: object = {}) => ({
        Sid,
        Effect: "Allow",
        Principal: { AWS: name },
        Action: "kms:Encrypt",
        Resource: "*",
        ...more
      })
      const KeyId = yield* createKey(world.root, {
        Policy: policy(
          statement("root", root, { Action: "kms:*" }),
          statement("ada", user("ada")),
          statement("elsewhere", user("bob"), { Resource: `arn:aws:kms:${region}:${account}:alias/*` }),
          statement("pay", user("bob"), {
            Condition: {
              StringEquals: { "kms:EncryptionContext:app": ["pay", "wages"], "kms:KeySpec": "SYMMETRIC_DEFAULT" },
              Null: { "kms:EncryptionContext:__proto__": "false" }
            }
          }),
          statement("other action", user("bob"), { Action: "kms:Decrypt" }),
          { Sid: "inert", Effect: "Allow", Principal: "*", Action: "kms:Encrypt" }
        )
      })
      const bob = {
        principal: user("bob"),
        identityPolicies: [
          identity({
            Effect: "Deny",
            Action: "kms:*",
            Resource: "*",
            Condition: { Bool: { "aws:ViaAWSService": "true" } }
          })
        ]
      }
      const encrypt = (app: string) => ({ KeyId, Plaintext: bytes(secretText), EncryptionContext: { app } })
      const { allowed, permissions, stopped } = yield* explain(bob, "Encrypt", encrypt("hr"))
      assert.isFalse(allowed)
      assert.isNull(stopped)
      const inKeyPolicy = (index: number, sid: string, mismatches: ReadonlyArray<object>, throughAccount = false) => ({
        source: { policy: "KeyPolicy", statement: { index, sid } },
        effect: "Allow",
        throughAccount,
        mismatches
      })
      assert.deepStrictEqual<unknown>(permissions, [{
        action: "kms:Encrypt",
        resource: `arn:aws:kms:${region}:${account}:key/${KeyId}`,
        allowed: false,
        verdict: { allowed: false, because: { _tag: "NotInIdentityPolicy" } },
        statements: [
          inKeyPolicy(0, "root", [], true),
          inKeyPolicy(1, "ada", [{ _tag: "Principal" }]),
          inKeyPolicy(2, "elsewhere", [{ _tag: "Resource" }]),
          inKeyPolicy(3, "pay", [
            {
              _tag: "Condition",
              operator: "StringEquals",
              key: "kms:EncryptionContext:app",
              wanted: ["pay", "wages"],
              found: "hr"
            },
            {
              _tag: "Condition",
              operator: "Null",
              key: "kms:EncryptionContext:__proto__",
              wanted: ["false"],
              found: null
            }
          ]),
          inKeyPolicy(5, "inert", [{ _tag: "NoEffect" }]),
          {
            source: { policy: "IdentityPolicy", document: 0, statement: { index: 0 } },
            effect: "Deny",
            throughAccount: false,
            mismatches: [
              { _tag: "Condition", operator: "Bool", key: "aws:ViaAWSService", wanted: ["true"], found: "false" }
            ]
          }
        ],
        grants: []
      }])
      const context = JSON.parse(`{"app":"pay","__proto__":"x"}`)
      const allowing = yield* explain(bob, "Encrypt", { ...encrypt("pay"), EncryptionContext: context })
      assert.deepStrictEqual<unknown>(allowing.permissions[0]?.verdict, {
        allowed: true,
        by: { _tag: "Statement", source: { policy: "KeyPolicy", statement: { index: 3, sid: "pay" } } }
      })
    }))

  it.effect("answers for every permission, though the call would end at the first that is not given", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const explain = yield* explaining(world)
      const [one, two] = [yield* createKey(world.root), yield* createKey(world.root)]
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId: one, Plaintext: bytes("x") })
      const move = { CiphertextBlob, DestinationKeyId: two }
      const of = (caller: Caller, input: object) =>
        Effect.map(
          explain(caller, "ReEncrypt", input),
          ({ permissions }) =>
            permissions.map((
              { action, allowed, verdict }
            ) => [action, allowed, "error" in verdict ? verdict.error : ""])
        )
      const policies = [identity({ Effect: "Allow", Action: "kms:ReEncryptTo", Resource: "*" })]
      assert.deepStrictEqual(yield* of({ principal: user("bob"), identityPolicies: policies }, move), [
        ["kms:ReEncryptFrom", false, ""],
        ["kms:ReEncryptTo", true, ""]
      ])
      assert.deepStrictEqual(yield* of({ principal: root }, { ...move, DestinationKeyId: "alias/none" }), [
        ["kms:ReEncryptFrom", true, ""],
        ["kms:ReEncryptTo", false, "NotFoundException"]
      ])
    }))

  it.effect("says with what a call ends before its permissions are asked", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const explain = yield* explaining(world)
      const KeyId = yield* createKey(world.root)
      const stopped = (caller: Caller, name: OperationName, input: unknown) =>
        Effect.map(explain(caller, name, input), (explanation) => explanation.stopped?.error)
      const owner = { principal: root }
      assert.strictEqual(yield* stopped(owner, "Encrypt", { KeyId }), "ValidationException")
      assert.strictEqual(yield* stopped(owner, "Encrypt", 7), "ValidationException")
      assert.strictEqual(yield* stopped(owner, "DescribeKey", { KeyId: "alias/none" }), "NotFoundException")
      assert.strictEqual(yield* stopped({ principal: "nobody" }, "DescribeKey", { KeyId }), "AccessDeniedException")
      yield* put(world, `key/${account}/${region}/${KeyId}`, {})
      const error = yield* Effect.flip(explain(owner, "DescribeKey", { KeyId }))
      assert.strictEqual(error._tag, "IntegrityError")
    }))

  it.effect("makes no rotation, erases nothing, and looks at the key as the call would", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ limits: { keysPerRegion: 2 } })
      const explain = yield* explaining(world, { limits: { keysPerRegion: 2 } })
      const [rotating, going] = [yield* createKey(world.root), yield* createKey(world.root)]
      yield* world.root.enableKeyRotation({ KeyId: rotating, RotationPeriodInDays: 90 })
      yield* world.root.scheduleKeyDeletion({ KeyId: going, PendingWindowInDays: 7 })
      yield* TestClock.adjust("100 days")
      const before = yield* records(world)
      const owner = { principal: root }
      assert.isTrue((yield* explain(owner, "DescribeKey", { KeyId: rotating })).allowed)
      assert.strictEqual((yield* explain(owner, "DescribeKey", { KeyId: going })).stopped?.error, "NotFoundException")
      assert.isTrue((yield* explain(owner, "CreateKey", {})).allowed)
      const service = { principal: root, viaService: `s3.${region}.amazonaws.com` }
      const encrypt = { KeyId: "alias/aws/s3", Plaintext: bytes("x") }
      assert.isTrue((yield* explain(service, "Encrypt", encrypt)).allowed)
      assert.deepStrictEqual(yield* records(world), before)
    }))
})
