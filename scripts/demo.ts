/**
 * The whole story of a KMS key, told on a file: `npm run demo`, or `npm run demo -- FILE` on a file of one's own, which is
 * only read. It ends with a table of what it did, and with exit code 1 if anything is not as it must be.
 */
import { amount } from "@keystead/cli/Progress"
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import { openKms } from "@keystead/runtime-node/OpenKms"
import { decryptStream, encryptStream } from "@keystead/runtime-node/SealStreams"
import { open, rm, stat } from "node:fs/promises"
import type { TransformStream } from "node:stream/web"
import * as Files from "./demo/Files.ts"
import { check, refused, Story } from "./demo/Story.ts"

const account = "111122223333"
const user = (name: string) => `arn:aws:iam::${account}:user/${name}`
const context = { department: "payroll" }
const secret = Buffer.from("the combination is 7-21-35")

const { file, name, path, size } = Files.prepare(process.argv[2])
const { step, table } = new Story()

/** Sends a file through a stream, into another file. */
const send = (from: string, through: TransformStream<Uint8Array, Uint8Array>, to: string): Promise<void> =>
  Files.read(from).pipeThrough(through).pipeTo(Files.write(to))

/** How long the work takes, in milliseconds. */
const timed = async (work: Promise<void>): Promise<number> => {
  const start = performance.now()
  await work
  return performance.now() - start
}

const speed = (milliseconds: number): string =>
  `${amount(size)} at ${amount(Math.round(size / (milliseconds / 1000)))}/s`

const tell = async () => {
  let root = await step("Open a Keystead in a new folder", async () => [
    await openKms({ directory: path("store"), account }),
    "the root key lies beside the folder, so that a copy of the folder alone is worthless"
  ])

  const KeyId = await step("Create a KMS key with a description, an alias, and people", async () => {
    const Policy = keyPolicy({ account, administrators: [user("ada")], users: [user("bob")] })
    const { KeyMetadata } = await root.createKey({ Description: "Payroll", Policy })
    check(KeyMetadata?.KeyState === "Enabled", "a new key is Enabled")
    await root.createAlias({ AliasName: "alias/payroll", TargetKeyId: KeyMetadata.KeyId })
    return [KeyMetadata.KeyId, `alias/payroll is key ${KeyMetadata.KeyId}`, "Ada administers it, and Bob uses it"]
  })
  const [ada, eve] = [root.as(user("ada")), root.as(user("eve"))]
  let bob = root.as(user("bob"))

  const small = await step("Encrypt a small secret directly under the key", async () => {
    const { CiphertextBlob } = await bob.encrypt({
      KeyId: "alias/payroll",
      Plaintext: secret,
      EncryptionContext: context
    })
    check(CiphertextBlob !== undefined, "there is a ciphertext")
    const { Plaintext } = await bob.decrypt({ CiphertextBlob, EncryptionContext: context })
    check(Plaintext !== undefined && secret.equals(Plaintext), "decryption gives the secret back")
    return [CiphertextBlob, `${secret.length} bytes became ${CiphertextBlob.length}, and came back as they were`]
  })

  await step("Try it with another encryption context", async () => {
    const wrong = { CiphertextBlob: small, EncryptionContext: { department: "sales" } }
    await refused(bob.decrypt(wrong), "InvalidCiphertextException")
    return [undefined, "refused: InvalidCiphertextException"]
  })

  await step("Try it as people who may not", async () => {
    const asked = { CiphertextBlob: small, EncryptionContext: context }
    await refused(eve.decrypt(asked), "AccessDeniedException")
    await refused(ada.decrypt(asked), "AccessDeniedException")
    return [undefined, "Eve is a stranger: AccessDeniedException", "Ada manages the key, but does not use it: the same"]
  })

  const sealed = path("sealed")
  await step("Encrypt the file under a data key of its own", async () => {
    const seal = encryptStream(bob, { KeyId: "alias/payroll", EncryptionContext: context })
    const time = await timed(send(file, seal, sealed))
    const more = (await stat(sealed)).size - size
    return [
      undefined,
      speed(time),
      `a message of the AWS Encryption SDK's format, ${amount(more)} longer than the file`
    ]
  })

  const same = "it opens, the same byte for byte"

  /** Opens the sealed file, and compares every byte; gives how long the opening took. */
  const opens = async (): Promise<number> => {
    const opened = path("opened")
    const time = await timed(send(sealed, decryptStream(bob), opened))
    check(await Files.same(file, opened), "the opened file has the same bytes")
    await rm(opened)
    return time
  }

  /** Must not open it. */
  const stays = (error: string) => refused(send(sealed, decryptStream(bob), path("never")), error)

  await step("Open the file again, and compare it byte for byte", async () => [
    undefined,
    `${same}: ${speed(await opens())}`
  ])

  await step("Change one bit of the sealed file, and try to open it", async () => {
    const flip = async () => {
      await using message = await open(sealed, "r+")
      const last = Buffer.alloc(1)
      const at = (await message.stat()).size - 1
      await message.read(last, 0, 1, at)
      await message.write(Buffer.of(last.readUInt8() ^ 1), 0, 1, at)
    }
    await flip()
    await stays("MessageTampered")
    await flip()
    return [undefined, "refused: not authentic"]
  })

  await step("Rotate the key, and open the file that was sealed before", async () => {
    const before = await bob.describeKey({ KeyId })
    await ada.rotateKeyOnDemand({ KeyId })
    const { Rotations } = await ada.listKeyRotations({ KeyId })
    check(Rotations?.length === 1, "one rotation is listed")
    const after = await bob.describeKey({ KeyId })
    const material = [before, after].map(({ KeyMetadata }) => KeyMetadata?.CurrentKeyMaterialId)
    check(material[0] !== material[1], "the key has new material")
    await opens()
    return [undefined, "the key has new material, and keeps the old", same]
  })

  await step("Re-encrypt the small secret under the new material", async () => {
    const moved = await bob.reEncrypt({
      CiphertextBlob: small,
      SourceEncryptionContext: context,
      DestinationKeyId: "alias/payroll",
      DestinationEncryptionContext: { department: "vault" }
    })
    check(moved.SourceKeyMaterialId !== moved.DestinationKeyMaterialId, "it moved to the new material")
    const { Plaintext } = await bob.decrypt({
      CiphertextBlob: moved.CiphertextBlob,
      EncryptionContext: { department: "vault" }
    })
    check(Plaintext !== undefined && secret.equals(Plaintext), "the secret is the same")
    return [undefined, "moved to the new material and another context, without ever being shown"]
  })

  await step("Disable the key, then enable it", async () => {
    await ada.disableKey({ KeyId })
    await stays("DisabledException")
    await ada.enableKey({ KeyId })
    await opens()
    return [undefined, "while it was disabled, the file stayed shut: DisabledException", same]
  })

  await step("Schedule the key's deletion, then think better of it", async () => {
    const { DeletionDate } = await ada.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    await stays("KMSInvalidStateException")
    await ada.cancelKeyDeletion({ KeyId })
    await stays("DisabledException")
    await ada.enableKey({ KeyId })
    const date = DeletionDate?.toISOString().slice(0, 10) ?? ""
    await opens()
    return [undefined, `it would have been gone on ${date}; until then nothing opens`, "kept, and enabled", same]
  })

  await step("Close the store, open it again, and open the file", async () => {
    await root.close()
    root = await openKms({ directory: path("store"), account })
    bob = root.as(user("bob"))
    await opens()
    await root.close()
    return [undefined, "key, alias, policy and materials are all there", same]
  })
}

console.log(`\nThe story of a KMS key, told on ${name} (${amount(size)}).\n`)
try {
  await tell()
  console.log(`\n${table()}\n`)
} catch (error) {
  console.error(`\nThe story ended badly. ${String(error)}`)
  process.exitCode = 1
}
