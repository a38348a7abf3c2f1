/** The story of `npm run demo`: a KMS key from its making to its deletion. */
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import { randomBytes } from "node:crypto"
import type { Caller } from "../support/Client.ts"
import { account, user } from "../support/People.ts"
import { check, given, same, type World } from "./World.ts"

const context = { department: "payroll" }
const secret = new TextEncoder().encode("the combination is 7-21-35")

/** A key that Ada administers and Bob uses, with the alias `alias/payroll`. */
const made = (world: World) =>
  world.step("Create a KMS key with a description, an alias, and people", async () => {
    const Policy = keyPolicy({ account, administrators: [user("ada")], users: [user("bob")] })
    const { KeyMetadata } = await world.root.call("CreateKey", { Description: "Payroll", Policy })
    check(KeyMetadata?.KeyState === "Enabled", "a new key is Enabled")
    check(KeyMetadata.CreationDate instanceof Date && KeyMetadata.CreationDate.getTime() > 0, "it has a date")
    const KeyId = given(KeyMetadata.KeyId, "a key id")
    await world.root.call("CreateAlias", { AliasName: "alias/payroll", TargetKeyId: KeyId })
    const described = await world.bob.call("DescribeKey", { KeyId: "alias/payroll" })
    check(described.KeyMetadata?.Description === "Payroll", "the alias leads to it")
    return KeyId
  })

const encrypted = async (world: World): Promise<Uint8Array> => {
  const { ada, bob, eve } = world
  const blob = await world.step("Encrypt a small secret directly under the key", async () => {
    const input = { KeyId: "alias/payroll", Plaintext: secret, EncryptionContext: context }
    const { CiphertextBlob } = await bob.call("Encrypt", input)
    const asked = { CiphertextBlob, EncryptionContext: context }
    check(same((await bob.call("Decrypt", asked)).Plaintext, secret), "decryption gives the secret back")
    return given(CiphertextBlob, "a ciphertext")
  })
  await world.step("Try it with another encryption context", () => {
    const wrong = { CiphertextBlob: blob, EncryptionContext: { department: "sales" } }
    return world.refused(bob.call("Decrypt", wrong), "InvalidCiphertextException")
  })
  await world.step("Try it as people who may not", async () => {
    const asked = { CiphertextBlob: blob, EncryptionContext: context }
    await world.refused(eve.call("Decrypt", asked), "AccessDeniedException")
    await world.refused(ada.call("Decrypt", asked), "AccessDeniedException")
  })
  return blob
}

/** A file that is sealed, and what becomes of it. */
interface Sealed {
  /** Opens it, and compares every byte. */
  readonly opens: () => Promise<void>
  /** Must not open it. */
  readonly stays: (error: string) => Promise<unknown>
}

/** The AWS Encryption SDK gives the refusals of a data key as the cause of its own error, or in its message. */
const revealed = async (opening: Promise<unknown>, name: string): Promise<unknown> => {
  const error: unknown = await opening.then(() => "the plaintext", (error: unknown) => error)
  check(
    error instanceof Error && `${error.name} ${error.stack}`.includes(name),
    `it stays shut: ${name}: ${String(error)}`
  )
  return error
}

const sealed = async (world: World): Promise<Sealed> => {
  const { bob, client: { envelopes: { open, seal } } } = world
  const file = new Uint8Array(randomBytes(200_000))
  const message = await world.step(
    "Encrypt a file under a data key of its own",
    () => seal(bob, "alias/payroll", file, context)
  )
  const opens = async () => check(same(await open(bob, message), file), "the file is the same, byte for byte")
  await world.step("Open it again, and compare it byte for byte", opens)
  await world.step("Change one bit of it, and try to open it", async () => {
    const changed = message.slice()
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    const opening: Promise<unknown> = open(bob, changed)
    check(await opening.then(() => false, () => true), "what was changed does not open")
  })
  await world.step("Try to open it as a stranger", () => revealed(open(world.eve, message), "AccessDeniedException"))
  return { opens, stays: (error) => revealed(open(bob, message), error) }
}

const rotated = (world: World, KeyId: string, { opens }: Sealed) =>
  world.step("Rotate the key, and open the file that was sealed before", async () => {
    const current = async () => (await world.bob.call("DescribeKey", { KeyId })).KeyMetadata?.CurrentKeyMaterialId
    const before = await current()
    await world.ada.call("RotateKeyOnDemand", { KeyId })
    const { Rotations } = await world.ada.call("ListKeyRotations", { KeyId })
    check(Rotations?.length === 1 && Rotations[0]?.RotationType === "ON_DEMAND", "one rotation is listed")
    check(before !== await current(), "the key has new material")
    await opens()
  })

const moved = (world: World, CiphertextBlob: Uint8Array) =>
  world.step("Re-encrypt the small secret under the new material", async () => {
    const vault = { department: "vault" }
    const moved = await world.bob.call("ReEncrypt", {
      CiphertextBlob,
      SourceEncryptionContext: context,
      DestinationKeyId: "alias/payroll",
      DestinationEncryptionContext: vault
    })
    check(moved.SourceKeyMaterialId !== moved.DestinationKeyMaterialId, "it moved to the new material")
    const asked = { CiphertextBlob: moved.CiphertextBlob, EncryptionContext: vault }
    check(same((await world.bob.call("Decrypt", asked)).Plaintext, secret), "the secret is the same")
  })

const shut = async (world: World, ada: Caller, KeyId: string, { opens, stays }: Sealed) => {
  await world.step("Disable the key, then enable it", async () => {
    await ada.call("DisableKey", { KeyId })
    await stays("DisabledException")
    const asked = { KeyId, NumberOfBytes: 32 }
    await world.refused(world.bob.call("GenerateDataKey", asked), "DisabledException")
    await ada.call("EnableKey", { KeyId })
    await opens()
  })
  await world.step("Schedule the key's deletion, then think better of it", async () => {
    const { DeletionDate } = await ada.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 })
    const days = (given(DeletionDate, "a date").getTime() - Date.now()) / (24 * 60 * 60 * 1000)
    check(days > 6.9 && days < 7.1, "it is seven days away")
    await stays("KMSInvalidStateException")
    await ada.call("CancelKeyDeletion", { KeyId })
    await stays("DisabledException")
    await ada.call("EnableKey", { KeyId })
    await opens()
  })
}

/** The story; its last step is that of a store which is opened again. */
export const keyStory = async (world: World): Promise<void> => {
  const KeyId = await made(world)
  const blob = await encrypted(world)
  const file = await sealed(world)
  await rotated(world, KeyId, file)
  await moved(world, blob)
  await shut(world, world.ada, KeyId, file)
  await world.step("Stop the endpoint, start it again on its store, and open the file", async () => {
    await world.restart()
    await file.opens()
    const { Aliases } = await world.root.call("ListAliases", { KeyId })
    check(Aliases?.length === 1, "key, alias, policy and materials are all there")
  })
}
