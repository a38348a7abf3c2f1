/** Whether anything takes longer the more keys a store has. */
import { compareIds } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import { median } from "../framework/Measure.ts"
import { atMost, type Result } from "../framework/Result.ts"
import type { Suite } from "../framework/Suite.ts"
import { aliasOf } from "../support/Filling.ts"
import { inFolder, inMemory, type Open, type Store } from "../support/Stores.ts"
import { calls, pageAfter, take, type Times } from "../support/Turn.ts"

const sizes = { small: 1000, large: 100_000 }
type Size = keyof typeof sizes

/** With so many keys the turns are taken, one after another and again. They follow each other in the order of ids. */
const workingSet = 100

type Pair<A> = Readonly<Record<Size, A>>

const both = async <A>(make: (size: Size) => Promise<A>): Promise<Pair<A>> => ({
  small: await make("small"),
  large: await make("large")
})

/** Now the one first, now the other. */
const inTurn = (index: number): ReadonlyArray<Size> => index % 2 === 0 ? ["small", "large"] : ["large", "small"]

const noTimes = (): Pair<Times> => ({ small: new Map(), large: new Map() })

const target = atMost(1.2)
const against = `${sizes.small.toLocaleString("en")} keys`

const compare = (name: string, { large, small }: Pair<ReadonlyArray<number>>, target: Result["target"]): Result => ({
  name,
  value: median(large) / 1000,
  unit: "µs",
  against,
  ratio: median(large) / median(small),
  target
})

const compareAll = (prefix: string, { large, small }: Pair<Times>): ReadonlyArray<Result> =>
  [...large].map(([name, times]) =>
    compare(`${prefix}: ${name}`, { large: times, small: small.get(name) ?? [] }, target)
  )

const timed = async (times: Times, name: string, call: Effect.Effect<unknown, unknown>): Promise<void> => {
  const start = process.hrtime.bigint()
  await Effect.runPromise(call)
  times.set(name, [...times.get(name) ?? [], Number(process.hrtime.bigint() - start)])
}

// --- With keys that were used before ---

const turn = ({ client, kms }: Open, keys: ReadonlyArray<string>, number: number, times: Times) =>
  Effect.runPromise(Effect.orDie(Effect.gen(function*() {
    const [before = "", keyId = before, other = before] = [
      keys[0],
      keys[number % keys.length],
      keys[(number + 1) % keys.length]
    ]
    const { CiphertextBlob: blob = new Uint8Array(0) } = yield* client.encrypt({
      KeyId: keyId,
      Plaintext: new Uint8Array(32)
    })
    yield* client.describeKey({ KeyId: other })
    // The last turn with this key scheduled its deletion, which wrote its alias anew, and pages have read half of the
    // aliases since: a median would stand between those that are verified again and those that are not.
    yield* client.describeKey({ KeyId: aliasOf(keyId) })
    const pages = {
      ListKeys: yield* pageAfter("ListKeys", before),
      ListAliases: yield* pageAfter("ListAliases", aliasOf(before))
    }
    yield* take({ kms, client, keyId, other, pages, blob, number }, calls, times)
  })))

const warm = async (stores: Pair<Store>, rounds: number): Promise<Pair<Times>> => {
  const open = await both((size) => stores[size].open())
  const keys = await both(async (size) => {
    const sorted = stores[size].ids.toSorted(compareIds)
    return sorted.slice(sorted.length / 2, sorted.length / 2 + workingSet)
  })
  const times = noTimes()
  for (let number = 0; number < workingSet * (rounds + 1); number++) {
    for (const size of inTurn(number)) {
      // The first round meets every key for the first time.
      await turn(open[size], keys[size], number, number < workingSet ? new Map() : times[size])
    }
  }
  await both((size) => open[size].close())
  return times
}

// --- With keys that were not used since the store was opened ---

/** Four keys of the store that no other index gives, evenly spread. */
const fresh = ({ ids }: Store, index: number): ReadonlyArray<string> => {
  const step = Math.floor(ids.length / (4 * workingSet))
  return [0, 1, 2, 3].map((which) => ids[(4 * index + which) * step] ?? "")
}

const first = async (stores: Pair<Store>, rounds: number): Promise<Pair<Times>> => {
  const times = noTimes()
  for (let round = 0; round < rounds; round++) {
    const open = await both((size) => stores[size].open())
    for (let index = 0; index < workingSet; index++) {
      for (const size of inTurn(index)) {
        const { client } = open[size]
        const [described = "", named = "", used = "", changed = ""] = fresh(stores[size], index)
        await timed(times[size], "DescribeKey", client.describeKey({ KeyId: described }))
        await timed(times[size], "DescribeKey, by alias", client.describeKey({ KeyId: aliasOf(named) }))
        const dataKey = client.generateDataKey({ KeyId: used, KeySpec: "AES_256" })
        await timed(times[size], "GenerateDataKey", dataKey)
        const update = client.updateKeyDescription({ KeyId: changed, Description: `Of round ${round}` })
        await timed(times[size], "UpdateKeyDescription", update)
      }
    }
    await both((size) => open[size].close())
  }
  return times
}

/** Pages of keys and aliases that were not looked at since the store was opened. */
const firstPages = async (stores: Pair<Store>, rounds: number): Promise<Pair<Times>> => {
  const times = noTimes()
  const sorted = await both(async (size) => stores[size].ids.toSorted(compareIds))
  for (let round = 0; round < rounds; round++) {
    const open = await both((size) => stores[size].open())
    // What is listed in a folder for the first time is measured by itself.
    await both((size) =>
      Effect.runPromise(Effect.andThen(open[size].client.listKeys(), open[size].client.listAliases()))
    )
    for (let index = 1; index < 9; index++) {
      for (const size of inTurn(index)) {
        const from = sorted[size][(sizes[size] / 10) * index] ?? ""
        const afterKey = await Effect.runPromise(pageAfter("ListKeys", from))
        const afterAlias = await Effect.runPromise(pageAfter("ListAliases", aliasOf(from)))
        const keys = open[size].client.listKeys({ ...afterKey, Limit: 100 })
        await timed(times[size], "ListKeys, a page of 100", keys)
        const aliases = open[size].client.listAliases(afterAlias)
        await timed(times[size], "ListAliases, a page of 50", aliases)
      }
    }
    await both((size) => open[size].close())
  }
  return times
}

/** From a closed store to its first answers. */
const opening = async (stores: Pair<Store>, rounds: number): Promise<ReadonlyArray<Result>> => {
  const times = noTimes()
  for (let round = 0; round < rounds; round++) {
    for (const size of inTurn(round)) {
      const KeyId = stores[size].ids[round * 7] ?? ""
      const opened = Effect.promise(stores[size].open)
      let open: Open | undefined
      const describe = Effect.flatMap(opened, (now) => {
        open = now
        return now.client.describeKey({ KeyId })
      })
      await timed(times[size], "describe", describe)
      await timed(times[size], "list", Effect.suspend(() => open?.client.listKeys() ?? Effect.void))
      await open?.close()
    }
  }
  const pair = (name: string) => ({ small: times.small.get(name) ?? [], large: times.large.get(name) ?? [] })
  return [
    compare("folder: opening, to the first DescribeKey", pair("describe"), target),
    compare("folder: the first ListKeys since it was opened", pair("list"), null)
  ]
}

const measured = async (kind: string, stores: Pair<Store>, rounds: number): Promise<ReadonlyArray<Result>> => [
  ...compareAll(kind, await warm(stores, rounds)),
  ...compareAll(`${kind}, first use`, await first(stores, 5)),
  ...compareAll(`${kind}, first use`, await firstPages(stores, 5))
]

const withStores = async <A>(
  make: (count: number) => Promise<Store>,
  use: (stores: Pair<Store>) => Promise<A>
): Promise<A> => {
  const stores = await both((size) => make(sizes[size]))
  try {
    return await use(stores)
  } finally {
    await both((size) => stores[size].remove())
  }
}

const run = async (): Promise<ReadonlyArray<Result>> => [
  ...await withStores(inMemory, (stores) => measured("memory", stores, 5)),
  ...await withStores(inFolder, async (stores) => [
    ...await opening(stores, 16),
    ...await measured("folder", stores, 2)
  ])
]

export const suite: Suite = {
  title: "The size of a store",
  about: [
    "Two stores of each kind, one with 1,000 keys and one with 100,000, each key with an alias and a tag, one in ten "
    + "rotating by itself. The value is the median at 100,000 keys, the ratio that to the median at 1,000. The calls are "
    + "made in turns, one with the small store and one with the large, each turn with one key and with every operation of "
    + "the API; what an operation changes, a later one of the same turn changes back where it can.",
    `Turns go through the same number of keys in both stores, ${workingSet}, which follow each other in the order of their `
    + "ids, and which pages of lists are made of; each key was used before it is measured. *First use* are calls with keys "
    + "and pages that were not looked at since the store was opened: their records are verified, and for GenerateDataKey "
    + "the key material is unwrapped. The operating system has the files of the folders in its memory in any case.",
    "A folder lists its files when a first page is asked for, and not again as long as it is open: that time grows with "
    + "the number of keys, and stands here without a target."
  ],
  run
}
