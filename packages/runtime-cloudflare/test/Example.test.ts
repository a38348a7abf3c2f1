/** `examples/cloudflare-worker`, as wrangler would deploy it. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { bundleWithWrangler } from "@keystead/testbed/Wrangler"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { accessKeys, rootKey, start, type Workerd } from "./support/Workerd.ts"

const example = join(import.meta.dirname, "..", "..", "..", "examples", "cloudflare-worker")

describe("the example", () => {
  let script: string
  let workerd: Workerd
  beforeAll(async () => {
    script = await bundleWithWrangler(example)
    workerd = await start({
      contents: script,
      bindings: { KEYSTEAD_ROOT_KEY: rootKey, KEYSTEAD_CREDENTIALS: accessKeys }
    })
  })
  afterAll(() => workerd.stop())

  it("is a KMS, at most 150 KB of it", async () => {
    assert.isAtMost(gzipSync(script, { level: 9 }).length, 150_000)
    const kms = workerd.kms()
    const { KeyMetadata: { KeyId = "" } = {} } = await kms.createKey({})
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: new TextEncoder().encode("deployed") })
    assert.deepStrictEqual((await kms.decrypt({ CiphertextBlob })).Plaintext, new TextEncoder().encode("deployed"))
  })
})
