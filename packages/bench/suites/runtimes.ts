/** Deno, Bun and workerd: a call against the same call in Node, and sealing against the host's own cipher. */
import { measure, nanoseconds, type Samples, timesFaster } from "../framework/Measure.ts"
import { atLeast, type Result } from "../framework/Result.ts"
import type { Suite } from "../framework/Suite.ts"
import { totalLength } from "../runtimes/Sealing.ts"
import { type Runtime, starts } from "../support/Runtimes.ts"

/** Long enough for several runs. */
const effort = { rounds: 15, sample: 300 }

const result = (
  samples: Samples,
  name: string,
  { amount, unit }: { readonly amount: number; readonly unit: string },
  against: string | null = null,
  target: Result["target"] = null
): Result => ({
  name: against === null ? name : `${name}, against ${against}`,
  value: amount / (nanoseconds(samples, name) / 1e9),
  unit,
  against,
  ratio: against === null ? null : timesFaster(samples, name, against),
  target
})

type Runtimes = ReadonlyMap<string, Runtime>

const calls = async (runtimes: Runtimes): Promise<ReadonlyArray<Result>> => {
  const named = (runtime: string) => `GenerateDataKey, ${runtime}`
  const samples = await measure(
    Array.from(runtimes, ([name, { contender }]) => contender(named(name), "GenerateDataKey")),
    effort
  )
  const per = { amount: 1, unit: "calls/s" }
  return Array.from(runtimes.keys(), (name) =>
    name === "Node"
      ? result(samples, named(name), per)
      : result(samples, named(name), per, named("Node"), atLeast(0.5)))
}

const sealing = async (name: string, { contender }: Runtime): Promise<ReadonlyArray<Result>> => {
  const own = `seal 64 MiB, ${name}`
  const [bare, together, web] = [`${own}, bare`, `${own}, bare, 4 in flight`, `${own}, TransformStream`]
  const contenders = [
    contender(bare, "bare"),
    contender(together, "together"),
    contender(own, "seal"),
    contender(web, "seal-web")
  ]
  const samples = await measure(contenders, effort)
  const per = { amount: totalLength / 2 ** 20, unit: "MiB/s" }
  return [
    result(samples, bare, per),
    result(samples, together, per),
    result(samples, own, per, bare, atLeast(0.8)),
    result(samples, own, per, together),
    result(samples, web, per, bare)
  ]
}

const run = async (): Promise<ReadonlyArray<Result>> => {
  const runtimes = new Map<string, Runtime>()
  try {
    for (const [name, start] of Object.entries(starts)) runtimes.set(name, await start())
    const results = [...await calls(runtimes)]
    for (const [name, runtime] of runtimes) if (name !== "Node") results.push(...await sealing(name, runtime))
    return results
  } finally {
    for (const { end } of runtimes.values()) await end()
  }
}

export const suite: Suite = {
  title: "Deno, Bun and Workers",
  about: [
    "The same calls in each runtime, over a store in memory, in one run, each with the primitives that its package gives it: "
    + "Node and Bun with `node:crypto` (Bun runs `runtime-node`), Deno with `node:crypto` for what is small and WebCrypto for "
    + "frames, workerd (Cloudflare's own runtime, as miniflare starts it) with WebCrypto. *GenerateDataKey* is the whole call, "
    + "as above, one after another in one fiber; Node's figure is what the others are held against.",
    "64 MiB are sealed in pieces of 256 KiB, with frames of 64 KiB, as a stream of Effect. *Bare* is `crypto.subtle.encrypt` "
    + "over the same frames in the same runtime, with the same nonces and additional data, frame after frame, or four at "
    + "once as in Keystead's stream, and nothing else: no header, no streams. In workerd it is one request to a Worker, "
    + "which holds a few frames at a time.",
    "*TransformStream* is the same between web streams, as the Promise facade's `encryptStream` gives it: what it costs "
    + "beyond is the host's streams. Each piece comes out as eight, of which four are a frame's ciphertext."
  ],
  run
}
