/** Replacing the root key of a store in a folder: its file, its passphrase, and what an interruption leaves. */
import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@keystead/core/Errors"
import { establishHeld } from "@keystead/core/rewrap/Rewrap"
import { Storage } from "@keystead/core/storage/Storage"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import { openKms, type OpenKmsOptions } from "@keystead/runtime-node/OpenKms"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import { replacement, sources } from "@keystead/storage-filesystem/RootKeyChoice"
import * as Effect from "effect/Effect"
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach } from "vitest"

let home = ""
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "keystead-rewrap-"))
})
afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

const folder = () => join(home, "store")
const rootKeyFile = () => `${folder()}.rootkey`
const secret = new TextEncoder().encode("attack at dawn")

const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => "none", (error: unknown) => Reflect.get(Object(error), "reason"))

const fill = async (options: OpenKmsOptions) => {
  await using kms = await openKms(options)
  const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
  return (await kms.encrypt({ KeyId, Plaintext: secret })).CiphertextBlob
}

const opens = async (options: OpenKmsOptions, CiphertextBlob: Uint8Array | undefined) => {
  await using kms = await openKms(options)
  assert.deepStrictEqual((await kms.decrypt({ CiphertextBlob })).Plaintext, secret)
  await kms.createKey()
}

/** Begins a replacement, and ends as the records are under the new root key and the last commit is to come. */
const leaveInTheMiddle = () =>
  Effect.gen(function*() {
    const storage = yield* FilesystemStorage.make({ directory: folder() })
    let left = 2
    const failing = Storage.of({
      ...storage,
      commit: (changes) =>
        left-- > 0
          ? storage.commit(changes)
          : Effect.fail(new StorageError({ reason: "Full", message: "No space", place: "" }))
    })
    const replacing = Effect.gen(function*() {
      const held = yield* establishHeld(...sources({ directory: folder() }))
      const { replace } = yield* replacement({ directory: folder() }, held)
      return yield* Effect.flip(replace())
    })
    const error = yield* Effect.provideService(replacing, Storage, failing)
    assert.strictEqual(Reflect.get(error, "reason"), "Full")
  }).pipe(Effect.scoped, Effect.provide(NodeCrypto.layer), Effect.runPromise)

describe("the root key of a store in a folder", () => {
  for (
    const [name, rootKey, file] of [
      ["beside it", undefined, rootKeyFile],
      ["inside it", { insideStore: true }, () => join(folder(), "root.key")]
    ] as const
  ) {
    it(`that is in a file ${name} is replaced by a new one in the same file`, async () => {
      const options = { directory: folder(), ...(rootKey === undefined ? {} : { rootKey }) }
      const blob = await fill(options)
      const before = readFileSync(file(), "utf8")
      cpSync(file(), join(home, "former"))
      {
        await using kms = await openKms(options)
        assert.isAbove((await kms.rewrap()).records, 1)
        assert.deepStrictEqual((await kms.decrypt({ CiphertextBlob: blob })).Plaintext, secret)
        await kms.createKey()
      }
      assert.notStrictEqual(readFileSync(file(), "utf8"), before)
      assert.strictEqual(statSync(file()).mode & 0o777, 0o600)
      assert.isFalse(existsSync(`${file()}.new`))
      await opens(options, blob)
      assert.strictEqual(
        await reasonOf(openKms({ directory: folder(), rootKey: { file: join(home, "former") } })),
        "Wrong"
      )
    })
  }

  it("is complete before its file has its place: then it is found, and put there by the next call", async () => {
    const options = { directory: folder() }
    const blob = await fill(options)
    cpSync(rootKeyFile(), join(home, "former"))
    {
      await using kms = await openKms(options)
      await kms.rewrap()
    }
    // As if the process had ended before the file was moved.
    cpSync(rootKeyFile(), `${rootKeyFile()}.new`)
    cpSync(join(home, "former"), rootKeyFile())
    await opens(options, blob)
    await using kms = await openKms(options)
    assert.deepStrictEqual(await kms.rewrap(), { records: 0 })
    assert.isFalse(existsSync(`${rootKeyFile()}.new`))
    await opens(options, blob)
  })

  it("is the one that is asked for at last, though a replacement by another was left in the middle", async () => {
    const options = { directory: folder() }
    const blob = await fill(options)
    await leaveInTheMiddle()
    {
      await using kms = await openKms(options)
      await kms.rewrap({ passphrase: "one" })
    }
    assert.strictEqual(await reasonOf(openKms(options)), "Wrong")
    await opens({ ...options, rootKey: { passphrase: "one" } }, blob)
    assert.isFalse(existsSync(`${rootKeyFile()}.new`))
  })

  it("becomes a passphrase, another passphrase, another file, and bytes of the host", async () => {
    const choices = [{ passphrase: "one" }, { passphrase: "two" }, { file: join(home, "elsewhere", "key") }, {
      bytes: new Uint8Array(32).fill(1)
    }]
    let options: OpenKmsOptions = { directory: folder() }
    const blob = await fill(options)
    for (const rootKey of choices) {
      const former = options
      {
        await using kms = await openKms(options)
        assert.isAbove((await kms.rewrap(rootKey)).records, 1)
      }
      options = { directory: folder(), rootKey }
      await opens(options, blob)
      assert.strictEqual(await reasonOf(openKms(former)), "Wrong")
      // Whoever has both, because of not knowing how far it got, may open it with both.
      await opens({ ...former, newRootKey: rootKey }, blob)
    }
    await using kms = await openKms(options)
    assert.strictEqual(await reasonOf(kms.rewrap()), "Missing")
    assert.strictEqual(await reasonOf(kms.rewrap({ passphrase: "" })), "Unreadable")
  })

  it("that is replaced keeps out another process, which had the store open", async () => {
    const options = { directory: folder(), region: "eu-west-1" }
    await fill(options)
    await using other = await openKms({ ...options, region: "us-east-2" })
    await using kms = await openKms(options)
    await kms.rewrap({ passphrase: "new" })
    assert.strictEqual(await reasonOf(other.createKey()), "Incompatible")
  })
})
