/** Many fibers and two Keysteads over one store, giving way to each other at random. */
import { assert, describe, it } from "@effect/vitest"
import type { Client } from "@keystead/core/Client"
import type { Storage } from "@keystead/core/storage/Storage"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { choices, concurrently, together, twoWorlds } from "../support/Concurrently.ts"
import { holds, patience } from "../support/Property.ts"
import { contentOf, ids } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, region, root, type World } from "../support/World.ts"

/** Every second one in the other world. */
const eachIn = <A>(worlds: readonly [World, World], count: number, make: (client: Client, index: number) => A) =>
  Array.from({ length: count }, (_, index) => make(worlds[index % 2 === 0 ? 0 : 1].root, index))

describe("concurrent changes", () => {
  concurrently("of tags are all kept", (worlds, choices) =>
    Effect.gen(function*() {
      const KeyId = yield* createKey(worlds[0].root)
      const exits = yield* together(
        choices,
        eachIn(
          worlds,
          12,
          (client, index) => client.tagResource({ KeyId, Tags: [{ TagKey: `t${index}`, TagValue: "" }] })
        )
      )
      assert.deepStrictEqual(exits.map(({ _tag }) => _tag), exits.map(() => "Success"))
      const { Tags } = yield* worlds[1].root.listResourceTags({ KeyId })
      assert.strictEqual(Tags?.length, 12)
    }), 25)

  concurrently(
    "of one alias leave it with one key, which knows it",
    (worlds, choices, numbers) =>
      Effect.gen(function*() {
        const [{ root }] = worlds
        const keys = [yield* createKey(root), yield* createKey(root), yield* createKey(root)]
        const keyAt = (number = 0) => keys[number % keys.length] ?? ""
        yield* root.createAlias({ AliasName: "alias/a", TargetKeyId: keyAt() })
        yield* together(
          choices,
          eachIn(worlds, numbers.length, (client, index) =>
            index === 3
              ? client.deleteAlias({ AliasName: "alias/a" })
              : index % 3 === 0
              ? client.createAlias({ AliasName: "alias/a", TargetKeyId: keyAt(numbers[index]) })
              : client.updateAlias({ AliasName: "alias/a", TargetKeyId: keyAt(numbers[index]) }))
        )
        const { Aliases = [] } = yield* root.listAliases()
        const known: Array<string> = []
        for (const id of yield* ids(worlds[0], "key/")) {
          const key = yield* contentOf(worlds[0], id)
          if (JSON.stringify(key).includes("alias/a")) known.push(id.slice(id.lastIndexOf("/") + 1))
        }
        assert.deepStrictEqual(known, Aliases.map(({ TargetKeyId }) => TargetKeyId ?? ""))
      }),
    40
  )

  concurrently("give a name to one key only", (worlds, choices) =>
    Effect.gen(function*() {
      const KeyId = yield* createKey(worlds[0].root)
      const exits = yield* together(
        choices,
        eachIn(worlds, 6, (client) => client.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId }))
      )
      assert.strictEqual(exits.filter(({ _tag }) => _tag === "Success").length, 1)
      assert.strictEqual((yield* worlds[0].root.listAliases({ KeyId })).Aliases?.length, 1)
    }), 25)

  it("of keys stay within the quota, and count each", () =>
    holds(choices, (choices) =>
      Effect.gen(function*() {
        const [one, two] = yield* twoWorlds(choices, { limits: { keysPerRegion: 5 } })
        const exits = yield* together(choices, eachIn([one, two], 9, (client) => client.createKey()))
        assert.strictEqual(exits.filter(({ _tag }) => _tag === "Success").length, 5)
        assert.strictEqual(yield* contentOf(one, `count/${account}/${region}`), 5)
        assert.strictEqual((yield* ids(one, "key/")).length, 5)
      }), { numRuns: 20 }), patience)

  concurrently(
    "make a rotation that fell due happen once, whoever notices it",
    (worlds, choices) =>
      Effect.gen(function*() {
        const [{ root }] = worlds
        const KeyId = yield* createKey(root)
        yield* root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
        const { CiphertextBlob } = yield* root.encrypt({ KeyId, Plaintext: bytes("x") })
        yield* TestClock.adjust("181 days")
        const exits = yield* together<unknown, unknown>(choices, [
          ...eachIn(worlds, 8, (client) => client.encrypt({ KeyId, Plaintext: bytes("y") })),
          ...eachIn(worlds, 2, (client) => client.decrypt({ CiphertextBlob })),
          worlds[0].kms.maintain,
          worlds[1].kms.maintain
        ])
        assert.deepStrictEqual(exits.map(({ _tag }) => _tag), exits.map(() => "Success"))
        const { Rotations = [] } = yield* root.listKeyRotations({ KeyId })
        const day = 86_400_000
        assert.deepStrictEqual(Rotations.map(({ RotationDate }) => (RotationDate?.getTime() ?? 0) / day), [90, 180])
        assert.deepStrictEqual(yield* ids(worlds[0], "due/"), [
          `due/${new Date(270 * day).toISOString()}/${account}/${region}/${KeyId}`
        ])
      }),
    25
  )

  concurrently("make one AWS managed key", (worlds, choices) =>
    Effect.gen(function*() {
      const caller = { principal: root, viaService: `s3.${region}.amazonaws.com` }
      const exits = yield* together(
        choices,
        Array.from(
          { length: 6 },
          (_, index) =>
            (worlds[index % 2] ?? worlds[0]).as(caller).encrypt({ KeyId: "alias/aws/s3", Plaintext: bytes("x") })
        )
      )
      const made = new Set(exits.map((exit) => exit._tag === "Success" ? exit.value.KeyId : exit._tag))
      assert.strictEqual(made.size, 1)
      assert.strictEqual((yield* ids(worlds[0], "key/")).length, 1)
    }), 25)

  concurrently("erase a key once", (worlds, choices) =>
    Effect.gen(function*() {
      const [{ root }] = worlds
      const [KeyId, other] = [yield* createKey(root), yield* createKey(root)]
      yield* root.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      yield* root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      yield* TestClock.adjust("7 days")
      yield* together<unknown, unknown>(choices, [
        worlds[0].kms.maintain,
        worlds[1].kms.maintain,
        worlds[1].root.createAlias({ AliasName: "alias/a", TargetKeyId: other }),
        worlds[0].root.createKey()
      ])
      assert.strictEqual(yield* contentOf(worlds[0], `count/${account}/${region}`), 2)
      assert.strictEqual((yield* root.describeKey({ KeyId: "alias/a" })).KeyMetadata?.KeyId, other)
    }), 40)
})

describe("an alias that moves while its key is loaded", () => {
  it.effect("is looked up again: what its old key has become makes no difference", () =>
    Effect.gen(function*() {
      const between: Array<Effect.Effect<unknown, unknown>> = []
      const wrap = (inner: Storage["Service"]): Storage["Service"] => ({
        ...inner,
        read: (ids) =>
          Effect.tap(inner.read(ids), () =>
            Effect.suspend(() =>
              ids[0]?.startsWith("alias/") === true ? Effect.ignore(between.pop() ?? Effect.void) : Effect.void
            ))
      })
      const { root, store } = yield* makeWorld({ wrap })
      const other = yield* makeWorld({ store, seed: "other" })
      const [first, second] = [yield* createKey(root), yield* createKey(root)]
      yield* root.createAlias({ AliasName: "alias/a", TargetKeyId: first })
      between.push(
        Effect.andThen(
          other.root.updateAlias({ AliasName: "alias/a", TargetKeyId: second }),
          other.root.disableKey({ KeyId: first })
        )
      )
      const { KeyId = "" } = yield* root.encrypt({ KeyId: "alias/a", Plaintext: bytes("x") })
      assert.include(KeyId, second)
      // One that moves each time is looked up twenty times.
      yield* root.enableKey({ KeyId: first })
      const moves = [first, second].map((TargetKeyId) =>
        other.root.updateAlias({ AliasName: "alias/a", TargetKeyId })
      )
      between.push(...Array.from({ length: 19 }, (_, index) => moves[index % 2] ?? Effect.void).toReversed())
      yield* root.encrypt({ KeyId: "alias/a", Plaintext: bytes("x") })
      yield* root.updateAlias({ AliasName: "alias/a", TargetKeyId: second })
      between.push(...Array.from({ length: 20 }, (_, index) => moves[index % 2] ?? Effect.void).toReversed())
      const error = yield* Effect.flip(root.encrypt({ KeyId: "alias/a", Plaintext: bytes("x") }))
      assert.strictEqual(error._tag, "IntegrityError")
    }))
})

describe("two keys that change while they are loaded", () => {
  it.effect("are taken as they were at one moment", () =>
    Effect.gen(function*() {
      let between: Effect.Effect<unknown, unknown> = Effect.void
      let source = ""
      const wrap = (inner: Storage["Service"]): Storage["Service"] => ({
        ...inner,
        read: (ids) =>
          Effect.tap(inner.read(ids), () =>
            Effect.suspend(() => {
              if (ids.length !== 1 || source === "" || ids[0]?.endsWith(source) !== true) return Effect.void
              const now = between
              between = Effect.void
              return Effect.ignore(now)
            }))
      })
      const { root, store } = yield* makeWorld({ wrap })
      const other = yield* makeWorld({ store, seed: "other" })
      const [first, second] = [yield* createKey(root), yield* createKey(root)]
      const { CiphertextBlob } = yield* root.encrypt({ KeyId: first, Plaintext: bytes("x") })
      source = first
      yield* root.disableKey({ KeyId: second })
      // At no moment are both enabled.
      between = Effect.andThen(other.root.disableKey({ KeyId: first }), other.root.enableKey({ KeyId: second }))
      const move = { CiphertextBlob, DestinationKeyId: second }
      const refused = yield* Effect.forkChild(Effect.flip(root.reEncrypt(move)))
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(refused)
      assert.deepStrictEqual([error._tag, error.message.includes(first)], ["DisabledException", true])
      // Whatever else of them changes makes no difference.
      yield* root.enableKey({ KeyId: first })
      between = other.root.tagResource({ KeyId: first, Tags: [] })
      const moved = yield* Effect.forkChild(root.reEncrypt(move))
      yield* TestClock.adjust("1 second")
      assert.include((yield* Fiber.join(moved)).KeyId, second)
    }))
})

/** What a call of the little world below can be, and what it answered. */
interface Event {
  readonly call: Call
  readonly answer: string
  readonly began: number
  readonly ended: number
}

type Call =
  | { readonly _tag: "use" | "describe" | "move" }
  | { readonly _tag: "point" | "enable" | "disable"; readonly key: number }

interface State {
  readonly target: number
  readonly enabled: ReadonlyArray<boolean>
}

/** The little world, one call after another. */
const step = (state: State, call: Call): { readonly state: State; readonly answer: string } => {
  const { enabled, target } = state
  switch (call._tag) {
    case "use":
      return { state, answer: enabled[target] === true ? `used ${target}` : `disabled ${target}` }
    case "move": {
      // From the first key to the second. If both are disabled, the first one shows.
      const disabled = enabled.indexOf(false)
      return { state, answer: disabled === -1 ? "moved" : `disabled ${disabled}` }
    }
    case "describe":
      return { state, answer: `${target} ${enabled[target] === true ? "Enabled" : "Disabled"}` }
    case "point":
      return { state: { ...state, target: call.key }, answer: "done" }
    default:
      return { state: { ...state, enabled: enabled.with(call.key, call._tag === "enable") }, answer: "done" }
  }
}

/** Whether some order of the events, in which none comes before one that had ended when it began, gives their answers. */
const isLinearizable = (state: State, events: ReadonlyArray<Event>): boolean => {
  if (events.length === 0) return true
  const firstEnd = Math.min(...events.map(({ ended }) => ended))
  return events.some((event, index) => {
    if (event.began > firstEnd) return false
    const next = step(state, event.call)
    return next.answer === event.answer && isLinearizable(next.state, events.toSpliced(index, 1))
  })
}

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.constantFrom({ _tag: "use" } as const, { _tag: "describe" } as const, { _tag: "move" } as const),
  fc.record({ _tag: fc.constantFrom("point" as const, "enable" as const, "disable" as const), key: fc.nat(1) })
)

describe("a concurrent history", () => {
  it("answers as some order of its calls would", () =>
    holds(
      fc.tuple(choices, fc.array(fc.array(call, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 })),
      ([choices, threads]) =>
        Effect.gen(function*() {
          const worlds = yield* twoWorlds(choices)
          const [{ root }] = worlds
          const keys = [yield* createKey(root), yield* createKey(root)]
          yield* root.createAlias({ AliasName: "alias/a", TargetKeyId: keys[0] ?? "" })
          const { CiphertextBlob } = yield* root.encrypt({ KeyId: keys[0] ?? "", Plaintext: bytes("x") })
          const events: Array<Event> = []
          let tick = 0
          const number = (arn: string) => keys.findIndex((id) => arn.includes(id))
          const disabled = ({ message }: { readonly message: string }) => Effect.succeed(`disabled ${number(message)}`)
          const carryOut = (client: Client, call: Call): Effect.Effect<string, { readonly _tag: string }> => {
            const KeyId = keys["key" in call ? call.key : 0] ?? ""
            switch (call._tag) {
              case "use":
                return client.encrypt({ KeyId: "alias/a", Plaintext: bytes("x") }).pipe(
                  Effect.map(({ KeyId = "" }) => `used ${number(KeyId)}`),
                  Effect.catchTag("DisabledException", disabled)
                )
              case "move":
                return client.reEncrypt({ CiphertextBlob, DestinationKeyId: keys[1] ?? "" }).pipe(
                  Effect.as("moved"),
                  Effect.catchTag("DisabledException", disabled)
                )
              case "describe":
                return Effect.map(
                  client.describeKey({ KeyId: "alias/a" }),
                  ({ KeyMetadata }) => `${number(KeyMetadata?.KeyId ?? "")} ${KeyMetadata?.KeyState}`
                )
              case "point":
                return Effect.as(client.updateAlias({ AliasName: "alias/a", TargetKeyId: KeyId }), "done")
              case "enable":
                return Effect.as(client.enableKey({ KeyId }), "done")
              default:
                return Effect.as(client.disableKey({ KeyId }), "done")
            }
          }
          const exits = yield* together(
            choices,
            threads.map((calls, thread) =>
              Effect.forEach(calls, (call) =>
                Effect.gen(function*() {
                  const began = tick++
                  const answer = yield* carryOut((worlds[thread % 2] ?? worlds[0]).root, call)
                  events.push({ call, answer, began, ended: tick++ })
                }))
            )
          )
          const failures = exits.flatMap((exit) => exit._tag === "Failure" ? [Cause.pretty(exit.cause)] : [])
          assert.deepStrictEqual(failures, [])
          assert.isTrue(isLinearizable({ target: 0, enabled: [true, true] }, events), JSON.stringify(events, null, 1))
        }),
      { numRuns: 150 }
    ), patience)

  it("is told from one that no order explains", () => {
    const use = (answer: string, began: number, ended: number): Event => ({
      call: { _tag: "use" },
      answer,
      began,
      ended
    })
    const disable = (began: number, ended: number): Event => ({
      call: { _tag: "disable", key: 0 },
      answer: "done",
      began,
      ended
    })
    const start: State = { target: 0, enabled: [true, true] }
    assert.isTrue(isLinearizable(start, [disable(0, 3), use("used 0", 1, 2), use("disabled 0", 4, 5)]))
    assert.isFalse(isLinearizable(start, [disable(0, 1), use("used 0", 2, 3)]))
    assert.isFalse(isLinearizable(start, [disable(0, 9), use("disabled 0", 1, 2), use("used 0", 3, 4)]))
  })
})
