/** What the runtimes suite times, by name: each is done as often as is asked. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type * as Layer from "effect/Layer"
import { generateDataKeys } from "./DataKeys.ts"
import { bare, bareTogether, seal, sealWeb } from "./Sealing.ts"

const often = (work: () => Promise<void>) => async (count: number): Promise<void> => {
  for (let done = 0; done < count; done++) await work()
}

/** Does a task so many times. */
export const worker = (crypto: Layer.Layer<Crypto>): (task: string, count: number) => Promise<void> => {
  let dataKeys: ((count: number) => Promise<void>) | undefined
  const tasks = new Map<string, (count: number) => Promise<void>>([
    ["bare", often(bare)],
    ["together", often(bareTogether)],
    ["seal", often(seal(crypto))],
    ["seal-web", often(sealWeb(crypto))],
    ["GenerateDataKey", async (count) => (dataKeys ??= await generateDataKeys(crypto))(count)]
  ])
  return async (task, count) => {
    const work = tasks.get(task)
    if (work === undefined) throw new Error(`There is no task ${task}`)
    await work(count)
  }
}
