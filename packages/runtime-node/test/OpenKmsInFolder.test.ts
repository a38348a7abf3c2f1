import { assert, describe, it } from "@effect/vitest"
import { openKms, type OpenKmsOptions } from "@keystead/runtime-node/OpenKms"
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, vi } from "vitest"

let home = ""
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "keystead-open-"))
})
afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => assert.fail("it should have been rejected"), (error: unknown) => error)

const secret = new TextEncoder().encode("attack at dawn")

/** A new store with one key, closed again; what it encrypted. */
const fill = async (options: OpenKmsOptions) => {
  await using kms = await openKms(options)
  const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: secret })
  return { KeyId, CiphertextBlob }
}

/** Every file under a folder. */
const files = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

describe("a Keystead in a folder", () => {
  it("is there again when it is opened again", async () => {
    const directory = join(home, "store")
    const { CiphertextBlob } = await fill({ directory })
    await using kms = await openKms({ directory })
    assert.deepStrictEqual((await kms.decrypt({ CiphertextBlob })).Plaintext, secret)
  })

  it("keeps its root key beside the folder, so that a copy of the folder is worthless", async () => {
    const directory = join(home, "store")
    const { CiphertextBlob } = await fill({ directory })
    assert.strictEqual(statSync(join(home, "store.rootkey")).mode & 0o777, 0o600)
    const rootKey = Buffer.from(readFileSync(join(home, "store.rootkey"), "utf8").split(":")[1] ?? "", "base64")
    assert.lengthOf(rootKey, 32)
    for (const path of files(directory)) {
      const content = readFileSync(path)
      assert.isFalse(content.includes(rootKey), path)
      assert.notInclude(content.toString("utf8"), rootKey.toString("base64"))
      assert.notInclude(content.toString("utf8"), rootKey.toString("hex"))
    }
    cpSync(directory, join(home, "stolen"), { recursive: true })
    assert.propertyVal(await rejection(openKms({ directory: join(home, "stolen") })), "reason", "Missing")
    const guessed = openKms({ directory: join(home, "stolen"), rootKey: { bytes: new Uint8Array(32) } })
    assert.propertyVal(await rejection(guessed), "reason", "Wrong")
    assert.isFalse(existsSync(join(home, "stolen.rootkey")))
    await using owner = await openKms({
      directory: join(home, "stolen"),
      rootKey: { file: join(home, "store.rootkey") }
    })
    assert.deepStrictEqual((await owner.decrypt({ CiphertextBlob })).Plaintext, secret)
  })

  it("keeps its root key inside only when asked, with a warning", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {})
    try {
      const options: OpenKmsOptions = { directory: join(home, "store"), rootKey: { insideStore: true } }
      await fill(options)
      assert.include(String(warned.mock.calls[0]?.[0]), join(home, "store"))
      assert.isFalse(existsSync(join(home, "store.rootkey")))
      cpSync(join(home, "store"), join(home, "moved"), { recursive: true })
      await using kms = await openKms({ directory: join(home, "moved"), rootKey: { insideStore: true } })
      assert.lengthOf((await kms.listKeys()).Keys ?? [], 1)
    } finally {
      warned.mockRestore()
    }
  })

  it("opens with its passphrase, and with no other", async () => {
    const directory = join(home, "store")
    const { CiphertextBlob } = await fill({ directory, rootKey: { passphrase: "correct horse" } })
    const wrong = await rejection(openKms({ directory, rootKey: { passphrase: "battery staple" } }))
    assert.propertyVal(wrong, "reason", "Wrong")
    assert.notInclude(String(wrong), "battery")
    await using kms = await openKms({ directory, rootKey: { passphrase: "correct horse" } })
    assert.deepStrictEqual((await kms.decrypt({ CiphertextBlob })).Plaintext, secret)
  })

  it("serves two processes' worth of openings at once", async () => {
    const directory = join(home, "store")
    await fill({ directory })
    await using one = await openKms({ directory })
    await using two = await openKms({ directory })
    const KeyId = (await one.createKey()).KeyMetadata?.KeyId ?? ""
    const tags = Array.from({ length: 10 }, (_, index) => `t${index}`)
    await Promise.all(
      tags.map((TagKey, index) =>
        (index % 2 === 0 ? one : two).tagResource({ KeyId, Tags: [{ TagKey, TagValue: "" }] })
      )
    )
    for (const kms of [one, two]) {
      assert.deepStrictEqual((await kms.listResourceTags({ KeyId })).Tags?.map(({ TagKey }) => TagKey), tags)
    }
  })
})
