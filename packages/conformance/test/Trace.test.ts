/** The trace: what it reaches, that it repeats, and that it notices one wrong bit. */
import { assert, describe, it } from "@effect/vitest"
import { firstDifference } from "@keystead/conformance/trace/Difference"
import { noble, type Primitives } from "@keystead/conformance/trace/Setting"
import * as Trace from "@keystead/conformance/trace/Trace"
import { hmacKinds } from "@keystead/core/crypto/kinds/Hmac"
import * as Errors from "@keystead/core/Errors"
import { operations } from "@keystead/core/operations/Registry"
import { nodeKinds } from "@keystead/runtime-node/kinds/NodeKinds"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"
import type { Runtime } from "./hosts/Runtimes.ts"
import { traceIn } from "./hosts/Table.ts"

const node: Primitives = { crypto: NodeCrypto.layerWith, kinds: nodeKinds }

/** Every MAC has one bit wrong. */
const spoiled: Primitives = {
  ...noble,
  kinds: hmacKinds.map((kind) => ({
    ...kind,
    prepare: (bytes) =>
      Effect.map(kind.prepare(bytes), (key) => ({
        ...key,
        mac: (message) => Effect.map(key.mac?.(message) ?? Effect.die("HMAC"), (mac) => mac.with(9, (mac[9] ?? 0) ^ 4))
      }))
  }))
}

/** Ten thousand calls take some seconds of a machine that does nothing else. */
const patience = { timeout: 240_000 }

describe("a trace", patience, () => {
  it.live("calls every operation of the registry, with success and without, and meets no defect", () =>
    Effect.gen(function*() {
      const { counts, steps } = yield* Trace.run({ primitives: node })
      assert.strictEqual(steps.length, Trace.defaultCalls + 1)
      assert.sameMembers(counts.map(({ operation }) => operation), operations.map(({ name }) => name))
      const rare = counts.filter(({ failed, succeeded }) => succeeded < 10 || failed < 40)
      assert.deepStrictEqual(rare, [], "Give what these need a hint in trace/internal/Hints.ts")
      const met = new Set(counts.flatMap(({ errors }) => Object.keys(errors)))
      assert.deepStrictEqual([...met].filter((name) => !Object.hasOwn(Errors, name)), [])
      assert.isAtLeast(met.size, 30)
    }))

  it.live("repeats, and is another with another seed", () =>
    Effect.gen(function*() {
      const run = (seed: string) => Trace.run({ primitives: node, calls: 300, seed })
      const [first, again, other] = [yield* run("a"), yield* run("a"), yield* run("b")]
      assert.deepStrictEqual(again, first)
      assert.isUndefined(firstDifference(first, again))
      assert.strictEqual(firstDifference(first, other), 0)
    }))

  it.live("shows where another layer was wrong by one bit", () =>
    Effect.gen(function*() {
      const calls = 1000
      const [good, bad] = [
        yield* Trace.run({ primitives: node, calls }),
        yield* Trace.run({ primitives: spoiled, calls })
      ]
      const at = firstDifference(good, bad) ?? -1
      const show = (primitives: Primitives) =>
        Effect.map(Trace.run({ primitives, calls, show: at }), ({ shown }) => shown.split("\n"))
      const [asked = "", reply] = yield* show(node)
      const [askedThere, replyThere] = yield* show(spoiled)
      assert.match(asked, /^GenerateMac by arn:aws:iam::.* "MacAlgorithm": "HMAC_SHA_\d+"/)
      assert.strictEqual(askedThere, asked)
      assert.notStrictEqual(replyThere, reply)
      const before = (primitives: Primitives) => Trace.run({ primitives, calls: at })
      assert.strictEqual((yield* before(spoiled)).digest, (yield* before(node)).digest)
    }))

  it.live("shows no secrets", () =>
    Effect.gen(function*() {
      for (let show = 0; show < 300; show += 7) {
        const { shown } = yield* Trace.run({ primitives: node, calls: 300, show })
        assert.notMatch(shown, /"(?:Plaintext|PrivateKeyPlaintext|SharedSecret|RawSecretAccessKey)": (?!hidden)/)
      }
    }))
})

describe("the table of traces", patience, () => {
  const runtimeOf = (name: Runtime["name"], host: Primitives): Runtime => ({
    name,
    layers: ["noble", "own"],
    present: () => Promise.resolve(true),
    start: () =>
      Promise.resolve({
        ask: async (request) => {
          if (request === "suite") throw new Error("Nobody asks for that here")
          const { layer, ...options } = request
          const primitives = layer === "own" ? host : noble
          return JSON.stringify(await Effect.runPromise(Trace.run({ primitives, ...options })))
        },
        close: () => Promise.resolve()
      })
  })

  it("tells of one digest, or shows what both did in the first call that differs", async () => {
    const told: Array<string> = []
    const tell = ({ layer, runtime }: { readonly layer: string; readonly runtime: string }) =>
      void told.push(`${runtime} ${layer}`)
    const same = await traceIn([runtimeOf("Node", node)], 1000, tell)
    assert.deepStrictEqual(same.differences, [])
    assert.deepStrictEqual(same.lines.map(({ operations }) => operations), [1000, 1000])
    const other = await traceIn([runtimeOf("Node", node), runtimeOf("Bun", spoiled)], 1000, tell)
    assert.sameMembers(told, ["Node noble", "Node own", "Node noble", "Node own", "Bun noble", "Bun own"])
    const [call = "", one = "", another = ""] = other.differences
    assert.strictEqual(other.differences.length, 3)
    assert.match(call, /^Call \d+ is the first that differs\.$/)
    assert.match(one, /^ {2}Node, noble: GenerateMac by /)
    assert.match(another, /^ {2}Bun, own: GenerateMac by /)
  })
})
