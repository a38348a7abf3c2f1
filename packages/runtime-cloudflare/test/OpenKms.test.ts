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

  it("is kept from request to request, and writes down now and then when keys were last used", async () => {
    const id = String(await workerd.test("used"))
    assert.strictEqual(await workerd.test(`used/${id}`), "hello")
    assert.isNull(await workerd.test(`lastUse/${id}`))
    await workerd.test("clock/61000")
    assert.strictEqual(await workerd.test(`used/${id}`), "hello")
    // It comes after the reply.
    while ((await workerd.test(`lastUse/${id}`)) === null) { /* not yet */ }
    assert.include(["Encrypt", "Decrypt"], await workerd.test(`lastUse/${id}`))
  })

  it("decrypts what was encrypted elsewhere after a rotation that it has not noticed", async () => {
    assert.deepStrictEqual(await workerd.test("rotated"), ["before", "after", "after"])
  })
})
