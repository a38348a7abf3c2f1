/** The core's own tests have every change of a backup's bytes: here it goes from browser to browser. */
import { assert, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import { inChromium } from "./support/Browser.ts"
import type { keystead as host } from "./support/Host.ts"

declare const keystead: typeof host

describe.runIf(await haveChromium())("a backup in Chromium", () => {
  const chromium = inChromium()

  it("of a store that is open goes into another browser, where all that was encrypted opens", async () => {
    const from = await chromium.page()
    const { file, sealed } = await from.evaluate(async () => {
      const { backup, bytes, openKms } = keystead
      const kms = await openKms({ database: "keys" })
      const { KeyMetadata } = await kms.createKey()
      await kms.createAlias({ AliasName: "alias/notes", TargetKeyId: KeyMetadata?.KeyId ?? "" })
      const { CiphertextBlob = bytes("") } = await kms.encrypt({ KeyId: "alias/notes", Plaintext: bytes("secret") })
      const file = await backup({ database: "keys" }, "correct horse")
      await kms.rotateKeyOnDemand({ KeyId: KeyMetadata?.KeyId ?? "" })
      return { file: [...file], sealed: [...CiphertextBlob] }
    })
    const to = await chromium.page()
    const told = await to.evaluate(async ({ file, sealed }) => {
      const { dump, openKms, outcome, restore, text } = keystead
      const put = (bytes: ReadonlyArray<number>, passphrase: string) =>
        outcome(() => restore({ database: "other" }, Uint8Array.from(bytes), passphrase))
      const wrong = await put(file, "wrong horse")
      const records = (await dump()).filter(([place]) => place === "other/records").length
      const restored = await put(file, "correct horse")
      const kms = await openKms({ database: "other" })
      const { Plaintext } = await kms.decrypt({ CiphertextBlob: Uint8Array.from(sealed) })
      return { wrong, records, restored, opened: text(Plaintext), none: await put([1, 2, 3], "correct horse") }
    }, { file, sealed })
    assert.deepStrictEqual(told, {
      wrong: "RootKeyError Wrong",
      // The record of the root key.
      records: 1,
      restored: told.restored,
      opened: "secret",
      none: "BackupError NotABackup"
    })
    assert.isAbove(Number(told.restored), 1)
  })
})
