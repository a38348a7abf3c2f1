/** What a Cloudflare Worker that is a KMS costs: its start, a call, and a Durable Object. */
import { bundle } from "@keystead/testbed/Bundle"
import { bundleWithWrangler, startups } from "@keystead/testbed/Wrangler"
import type { MiniflareOptions } from "miniflare"
import { join } from "node:path"
import { median } from "../framework/Measure.ts"
import { atMost, type Result } from "../framework/Result.ts"
import type { Suite } from "../framework/Suite.ts"
import { sign } from "../support/Requests.ts"
import { accessKey } from "../support/Servers.ts"
import { start, type Workerd } from "../support/Workerd.ts"

const folder = import.meta.dirname
const support = join(folder, "..", "support")
const example = join(folder, "..", "..", "..", "examples", "cloudflare-worker")

const secrets = {
  KEYSTEAD_ROOT_KEY: Buffer.alloc(32, 1).toString("base64"),
  KEYSTEAD_CREDENTIALS: JSON.stringify({ accessKeys: [{ ...accessKey, principal: "arn:aws:iam::111122223333:root" }] })
}

const options = async (entry: string): Promise<MiniflareOptions> => ({
  modules: [{ type: "ESModule", path: "worker.mjs", contents: await bundle(join(support, entry), "workerd") }],
  compatibilityDate: "2026-07-01"
})

const told = (name: string, value: number, unit: string, target: Result["target"] = null): Result => ({
  name,
  value,
  unit,
  against: null,
  ratio: null,
  target
})

/** What one asking takes: milliseconds of the clock, and of the processor. */
const timed = async (workerd: Workerd, path: string, body?: unknown) => {
  const [clock, processor] = [performance.now(), workerd.processorTime()]
  await workerd.ask(path, body)
  return { clock: performance.now() - clock, processor: workerd.processorTime() - processor }
}

type Times = Awaited<ReturnType<typeof timed>>

/** The median over the rounds of how much longer the one took than the other of the same round. */
const longer = (one: ReadonlyArray<Times>, other: ReadonlyArray<Times>, what: keyof Times): number =>
  median(one.map((times, round) => times[what] - (other[round]?.[what] ?? Number.NaN)))

// --- Its start ---

const coldStarts = 25
const profiles = 15
const nothing = "export default { fetch: () => new Response(\"nothing\") }"

const starts = async (): Promise<ReadonlyArray<Result>> => {
  const workerd = await start({
    ...await options("ColdStarts.ts"),
    workerLoaders: { LOADER: {} },
    bindings: { secrets, scripts: { keystead: await bundleWithWrangler(example), nothing } }
  })
  try {
    const times: Record<"keystead" | "nothing", Array<Times>> = { keystead: [], nothing: [] }
    for (const name of ["keystead", "nothing"] as const) await workerd.ask(`/${name}/warm`)
    for (let round = 0; round < coldStarts; round++) {
      for (const name of ["keystead", "nothing"] as const) times[name].push(await timed(workerd, `/${name}/${round}`))
    }
    const { keystead, nothing } = times
    return [
      told("Worker: start-up, as wrangler profiles it", median(await startups(example, profiles)), "ms", atMost(30)),
      told("Worker: load to the first reply, empty Worker", median(nothing.map(({ clock }) => clock)), "ms"),
      told("Worker: load to the first reply, above that", longer(keystead, nothing, "clock"), "ms"),
      told("Worker: the same of processor time", longer(keystead, nothing, "processor"), "ms")
    ]
  } finally {
    await workerd.stop()
  }
}

// --- Its calls, and its objects ---

const rounds = 9
const calls = 200

const perCall = async (workerd: Workerd): Promise<ReadonlyArray<Result>> => {
  const signed = await sign({ url: workerd.url, ...accessKey }, 1)
  const results: Array<Result> = []
  for (const operation of ["Encrypt", "Decrypt", "GenerateDataKey"] as const) {
    const { body = "", headers = {} } = signed[operation][0] ?? {}
    // The SDK may give bytes, which JSON has no form for.
    const request = { url: workerd.url, headers, body: Buffer.from(body).toString() }
    const [many, none]: [Array<Times>, Array<Times>] = [[], []]
    for (let round = -3; round < rounds; round++) {
      const took = [
        await timed(workerd, `/answer/${calls}`, request),
        await timed(workerd, "/answer/0", request)
      ] as const
      // It is warm then.
      if (round < 0) continue
      many.push(took[0])
      none.push(took[1])
    }
    const target = operation === "Encrypt" ? atMost(1) : null
    results.push(
      told(`Worker: ${operation} with a key that is kept`, longer(many, none, "processor") / calls, "ms of CPU", target)
    )
  }
  return results
}

const objectRates = async (workerd: Workerd): Promise<ReadonlyArray<Result>> => {
  const rate = async (what: string, count: number, concurrency: number) => {
    const path = `/ask/${count}/${what}/${concurrency}`
    await workerd.ask(path)
    const times: Array<number> = []
    for (let round = 0; round < rounds; round++) times.push((await timed(workerd, path)).clock)
    return (1000 * count) / median(times)
  }
  return [
    told("Durable Object: a read, there and back", 1000 / await rate("read", 100, 1), "ms"),
    told("Durable Object: a commit, there and back", 1000 / await rate("commit", 50, 1), "ms"),
    told("Durable Object: reads, 64 at a time", await rate("read", 1000, 64), "calls/s"),
    told("Durable Object: commits, 64 at a time", await rate("commit", 300, 64), "calls/s")
  ]
}

const run = async (): Promise<ReadonlyArray<Result>> => {
  const started = await starts()
  const workerd = await start({
    ...await options("WorkerdEntry.ts"),
    durableObjects: { KEYSTEAD: { className: "KeysteadObject", useSQLite: true } },
    bindings: secrets
  })
  try {
    return [...started, ...await perCall(workerd), ...await objectRates(workerd)]
  } finally {
    await workerd.stop()
  }
}

export const suite: Suite = {
  title: "A Cloudflare Worker",
  about: [
    "`examples/cloudflare-worker` in workerd, as miniflare starts it: the script that wrangler uploads, minified. *Start-up* is "
    + `the time of the CPU profile that \`wrangler check startup\` takes in which anything was done, the median of ${profiles}: `
    + "the script is evaluated, which is what Cloudflare calls start-up.",
    "*Load to the first reply* is more: from the load of an isolate that was not "
    + `there, its script handed over and compiled, to its reply to \`GET /health\`, secrets read and root key derived, beside a Worker that only replies; ${coldStarts} `
    + "isolates of each, in turn, and the median of the differences.",
    `*CPU* is the processor time of the whole workerd for ${calls} signed requests that one request has answered one after `
    + "another, signatures checked and audit events stored, less that of none; a Worker's own clock stands still meanwhile.",
    "*Durable Object* is one object, asked by one Worker in the same process: on Cloudflare's network the way to it comes on "
    + "top. A commit is one record of 1.5 KB."
  ],
  run
}
