import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { contract } from "@keystead/core/storage/Contract"
import { start, type Workerd } from "./support/Workerd.ts"

describe("the store over Durable Objects keeps the contract", () => {
  let workerd: Workerd
  beforeAll(async () => {
    workerd = await start({ bindings: {} })
  })
  afterAll(() => workerd.stop())

  for (const [index, { name }] of contract({ durable: true }).entries()) {
    it(name, async () => assert.strictEqual(await workerd.test(`check/${index}`), ""))
  }
})
