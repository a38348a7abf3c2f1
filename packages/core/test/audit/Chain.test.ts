import { assert, describe, it } from "@effect/vitest"
import * as Chain from "@keystead/core/audit/Chain"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { createHash } from "node:crypto"

const crypto = Noble.layer(insecureSeeded("chain"))

/** The lines of writers that take turns. */
const write = (turns: ReadonlyArray<number>): Promise<Array<string>> =>
  Effect.gen(function*() {
    const tails = new Map<number, Chain.Tail>()
    const lines: Array<string> = []
    for (const [index, writer] of turns.entries()) {
      const linked = yield* Chain.link(tails.get(writer) ?? Chain.begin(`w${writer}`), { eventName: `E${index}` })
      tails.set(writer, linked.tail)
      lines.push(JSON.stringify(linked.entry))
    }
    return lines
  }).pipe(Effect.provide(crypto), Effect.runPromise)

const verify = (lines: Iterable<string>) => Effect.runPromise(Effect.provide(Chain.verify(lines), crypto))

const turns = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 12 })

describe("a chain of audit events", () => {
  it("is intact as it was written, whoever took turns", () =>
    fc.assert(
      fc.asyncProperty(turns, async (turns) => {
        const lines = await write(turns)
        assert.deepStrictEqual(await verify(lines), {
          intact: true,
          entries: turns.length,
          writers: new Set(turns).size
        })
      }),
      { numRuns: 30 }
    ))

  it("shows every line that was removed, but for a writer's last ones", () =>
    fc.assert(
      fc.asyncProperty(turns, fc.nat(), async (turns, at) => {
        const index = at % turns.length
        const followed = turns.slice(index + 1).includes(turns[index] ?? -1)
        const lines = (await write(turns)).toSpliced(index, 1)
        assert.strictEqual((await verify(lines)).intact, !followed)
      }),
      { numRuns: 50 }
    ))

  it("shows any change of any character", () =>
    fc.assert(
      fc.asyncProperty(turns, fc.nat(), fc.nat(), async (turns, at, position) => {
        const lines = await write(turns)
        const index = at % lines.length
        const line = lines[index] ?? ""
        const place = position % line.length
        const changed = `${line.slice(0, place)}${line[place] === "x" ? "y" : "x"}${line.slice(place + 1)}`
        const checked = await verify(lines.with(index, changed))
        assert.isFalse(checked.intact)
      }),
      { numRuns: 100 }
    ))

  it("shows lines that were swapped or written twice", async () => {
    const [first = "", second = "", third = ""] = await write([0, 0, 0])
    assert.deepInclude(await verify([second, first, third]), { intact: false, line: 1 })
    assert.deepInclude(await verify([first, first, second]), { intact: false, line: 2 })
    assert.deepInclude(await verify([first, third]), { intact: false, line: 2 })
    assert.deepInclude(await verify([first, "{}", second]), { intact: false, line: 2 })
    assert.deepInclude(await verify([first, "", second]), { intact: false, line: 2 })
  })

  it("is SHA-256 over canonical JSON, as anybody can compute", async () => {
    const [line = ""] = await write([0])
    const text = `{"event":{"eventName":"E0"},"previous":"${"0".repeat(64)}","sequence":0,"writer":"w0"}`
    assert.strictEqual(JSON.parse(line).hash, createHash("sha256").update(text).digest("hex"))
  })
})
