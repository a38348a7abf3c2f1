/** A KMS that is embedded in a Worker, over Durable Objects and over D1. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { rootKey, start, type Workerd } from "./support/Workerd.ts"

describe("a Worker that embeds a KMS", () => {
  let workerd: Workerd
  beforeAll(async () => {
    workerd = await start({ bindings: { KEYSTEAD_ROOT_KEY: rootKey } })
  })
  afterAll(() => workerd.stop())

  for (const place of ["objects", "d1"]) {
    it(`in ${place} has the methods of the SDK, explanations, and its audit events`, async () => {
      assert.deepStrictEqual(await workerd.test(`embedded/${place}`), {
        said: "hello",
        allowed: true,
        events: ["CreateKey", "Encrypt", "Decrypt"]
      })
    })
  }

  it("decrypts what was encrypted elsewhere after a rotation that it has not noticed", async () => {
    assert.deepStrictEqual(await workerd.test("rotated"), ["before", "after", "after"])
  })
})
