import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { contents, expectedAfter, HISTORIES, hostOn, makeMachine, open, put } from "./support/Histories.ts"
import { random } from "./support/Random.ts"
import { type Death, type Fate, makeDisk } from "./support/SimulatedDisk.ts"

/** A process that is killed, or a machine that loses its power and all, nothing, or any part of what was not synced. */
const endings: Readonly<Record<string, (seed: number) => Fate | undefined>> = {
  "the process alone": () => undefined,
  "the machine, with all that was not synced": () => () => 0,
  "the machine, with any part of what was not synced": (seed) => {
    const next = random(seed)
    return () => {
      const share = next()
      return share < 0.3 ? 0 : share > 0.7 ? 1 : share
    }
  }
}
const deaths: ReadonlyArray<Death> = ["before", "after", "torn"]

/** Runs a history up to the fatal call, opens the store again, and looks at what is there. Tells whether it was over. */
const crash = Effect.fnUntraced(function*(
  commits: (typeof HISTORIES)[string],
  fatal: { readonly dieAt: number; readonly death: Death; readonly fate: Fate | undefined }
) {
  const [disk, machine, expected] = [makeDisk(), makeMachine(), expectedAfter(commits)]
  const first = machine.start()
  let [begun, acknowledged] = [0, 0]
  const exit = yield* Effect.exit(Effect.scoped(Effect.gen(function*() {
    const storage = yield* open(hostOn(disk.mount(fatal), first))
    for (const changes of commits) {
      begun += 1
      yield* storage.commit(changes)
      acknowledged += 1
    }
  })))
  machine.kill(first)
  if (fatal.fate !== undefined) disk.losePower(fatal.fate)

  // Another one dies while it mends what the first one left.
  const helper = machine.start()
  const mending = disk.mount({ dieAt: 1 + fatal.dieAt % 29, death: fatal.death })
  yield* Effect.exit(Effect.scoped(Effect.flatMap(open(hostOn(mending, helper)), (storage) => storage.commit([]))))
  machine.kill(helper)
  if (fatal.fate !== undefined) disk.losePower(fatal.fate)

  const second = machine.start()
  const found = yield* Effect.scoped(Effect.flatMap(open(hostOn(disk.mount(), second)), contents))
  // All that was acknowledged is there; of what was under way, all or nothing.
  assert.deepInclude(expected.slice(acknowledged, begun + 1), found, `of ${acknowledged} acknowledged`)
  machine.kill(second)

  // What was seen once stays, although the power goes again; and the store goes on.
  disk.losePower(() => 0)
  yield* Effect.scoped(Effect.gen(function*() {
    const storage = yield* open(hostOn(disk.mount(), machine.start()))
    assert.deepStrictEqual(yield* contents(storage), found)
    const ids = Object.keys(found)
    const records = yield* storage.read(ids)
    assert.deepStrictEqual(Object.fromEntries([...records.values()].map(({ id, value }) => [id, value])), found)
    yield* storage.commit([
      put("after", 1),
      ...[...records.values()].map((record) => ({ ...put(record.id, 0), expected: record.version }))
    ])
    disk.losePower(() => 0)
  }))
  yield* Effect.scoped(Effect.gen(function*() {
    const storage = yield* open(hostOn(disk.mount(), machine.start()))
    assert.deepStrictEqual(
      yield* contents(storage),
      Object.fromEntries(["after", ...Object.keys(found)].map((id) => [id, id === "after" ? 1 : 0]))
    )
  }))
  return { isOver: exit._tag === "Success" }
})

/** Each call with each death and many fates takes minutes: the suite takes each call with one of each. */
const ROUNDS = Number(process.env["CRASH_ROUNDS"] ?? 0)

describe("a store that was killed at any call to the file system", () => {
  for (const [name, commits] of Object.entries(HISTORIES)) {
    for (const [ending, fateOf] of Object.entries(endings)) {
      it.live(`loses nothing that was acknowledged: ${name}; ${ending} dies`, () =>
        Effect.gen(function*() {
          for (let [dieAt, isOver] = [1, false]; !isOver; dieAt++) {
            const usual = deaths.filter((_, index) => index === dieAt % deaths.length)
            for (let round = 0; round <= ROUNDS; round++) {
              for (const death of ROUNDS > 0 ? deaths : usual) {
                isOver = (yield* crash(commits, { dieAt, death, fate: fateOf(dieAt + 1000 * round) })).isOver
              }
            }
            if (isOver) assert.isAbove(dieAt, 100, "the history takes many calls")
          }
        }), ROUNDS > 0 ? 3_600_000 : 20_000)
    }
  }

  for (const [name, commits] of Object.entries(HISTORIES)) {
    it.live(`leaves the store to another that has it open: ${name}`, () =>
      Effect.gen(function*() {
        for (let [dieAt, isOver] = [1, false]; !isOver; dieAt++) {
          const death = deaths[dieAt % deaths.length] ?? "before"
          isOver = yield* survive(commits, { dieAt, death })
        }
      }), 20_000)
  }
})

/** Runs a history up to the fatal call, while another process has the store open, and goes on there. */
const survive = Effect.fnUntraced(function*(
  commits: (typeof HISTORIES)[string],
  fatal: { readonly dieAt: number; readonly death: Death }
) {
  const [disk, machine, expected] = [makeDisk(), makeMachine(), expectedAfter(commits)]
  const survivor = yield* open(hostOn(disk.mount(), machine.start()))
  yield* contents(survivor)
  const dying = machine.start()
  let [begun, acknowledged] = [0, 0]
  const exit = yield* Effect.exit(Effect.scoped(Effect.gen(function*() {
    const storage = yield* open(hostOn(disk.mount(fatal), dying))
    for (const changes of commits) {
      begun += 1
      yield* storage.commit(changes)
      acknowledged += 1
    }
  })))
  machine.kill(dying)
  // Before and after the survivor mends what was left: never half a commit, and never one less.
  for (const changes of [[], [put("after", 1)]]) {
    const seen = yield* contents(survivor)
    assert.deepInclude(expected.slice(acknowledged, begun + 1), seen, `of ${acknowledged} acknowledged`)
    yield* survivor.commit(changes)
  }
  const { after, ...rest } = yield* contents(survivor)
  assert.strictEqual(after, 1)
  assert.deepInclude(expected.slice(acknowledged, begun + 1), rest)
  disk.losePower(() => 0)
  const newcomer = yield* open(hostOn(disk.mount(), machine.start()))
  assert.deepStrictEqual(yield* contents(newcomer), { after, ...rest })
  return exit._tag === "Success"
})
