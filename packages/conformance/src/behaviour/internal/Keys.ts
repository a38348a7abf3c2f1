/** What becomes of a KMS key: it is made, described, switched, named, tagged, and given up. */
import { bytes, type Check, ensure, ensureSame, given, refused } from "../Check.ts"
import { arnOf, newKey } from "./Making.ts"

const day = 86_400_000

const life: Check = {
  name: "a key is made Enabled, told by its id and its ARN, and listed",
  run: async ({ account, client, region }) => {
    const { KeyMetadata } = await client.createKey({
      Description: "of the suite",
      Tags: [{ TagKey: "a", TagValue: "b" }]
    })
    const { Arn, KeyId } = given(KeyMetadata, "KeyMetadata")
    ensureSame(Arn, `arn:aws:kms:${region}:${account}:key/${KeyId}`, "The ARN")
    for (const name of [KeyId, given(Arn, "Arn")]) {
      const { KeyMetadata: told } = await client.describeKey({ KeyId: name })
      ensureSame(told?.KeyState, "Enabled", "The state")
      ensureSame(told?.Description, "of the suite", "The description")
      ensureSame(
        [told?.KeySpec, told?.KeyUsage, told?.Origin],
        ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "AWS_KMS"],
        "It"
      )
    }
    ensureSame((await client.listResourceTags({ KeyId })).Tags, [{ TagKey: "a", TagValue: "b" }], "The tags")
    const found: Array<string | undefined> = []
    for (let marker: string | undefined = ""; marker !== undefined;) {
      const page = await client.listKeys({ Limit: 2, ...(marker === "" ? {} : { Marker: marker }) })
      found.push(...(page.Keys ?? []).map((key) => key.KeyId))
      marker = page.Truncated === true ? page.NextMarker : undefined
    }
    ensure(found.includes(KeyId), "ListKeys does not list it")
    ensureSame(new Set(found).size, found.length, "The number of different keys listed")
  }
}

const switching: Check = {
  name: "a disabled key does nothing until it is enabled again",
  run: async ({ client, ...target }) => {
    const KeyId = await newKey(client)
    await client.disableKey({ KeyId })
    const { message } = await refused(client.encrypt({ KeyId, Plaintext: bytes("x") }), "DisabledException", "Encrypt")
    ensureSame(message, `${arnOf(target, KeyId)} is disabled.`, "The message")
    await client.enableKey({ KeyId })
    await client.encrypt({ KeyId, Plaintext: bytes("x") })
  }
}

const deletion: Check = {
  name: "a key that waits for its deletion does nothing, and comes back Disabled",
  run: async ({ client, ...target }) => {
    const KeyId = await newKey(client)
    const before = Date.now()
    const { DeletionDate, KeyState } = await client.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    ensureSame(KeyState, "PendingDeletion", "The state")
    const wait = given(DeletionDate, "DeletionDate").getTime() - before
    ensure(Math.abs(wait - 7 * day) < day, `It goes in ${wait} ms, and not in 7 days`)
    const { message } = await refused(
      client.encrypt({ KeyId, Plaintext: bytes("x") }),
      "KMSInvalidStateException",
      "Encrypt"
    )
    ensureSame(message, `${arnOf(target, KeyId)} is pending deletion.`, "The message")
    await refused(client.enableKey({ KeyId }), "KMSInvalidStateException", "EnableKey")
    await client.cancelKeyDeletion({ KeyId })
    ensureSame((await client.describeKey({ KeyId })).KeyMetadata?.KeyState, "Disabled", "The state afterwards")
    await refused(
      client.cancelKeyDeletion({ KeyId }),
      "KMSInvalidStateException",
      "CancelKeyDeletion of a Disabled key"
    )
  }
}

const aliases: Check = {
  name: "an alias names a key until it names another, and ends alone",
  run: async ({ client }) => {
    const [one, other] = [await newKey(client), await newKey(client)]
    const AliasName = `alias/suite-${one}`
    await client.createAlias({ AliasName, TargetKeyId: one })
    await refused(client.createAlias({ AliasName, TargetKeyId: other }), "AlreadyExistsException", "CreateAlias again")
    const { CiphertextBlob } = await client.encrypt({ KeyId: AliasName, Plaintext: bytes("x") })
    await client.updateAlias({ AliasName, TargetKeyId: other })
    ensureSame((await client.describeKey({ KeyId: AliasName })).KeyMetadata?.KeyId, other, "The alias's key")
    ensureSame((await client.decrypt({ CiphertextBlob })).Plaintext, bytes("x"), "What the former key encrypted")
    ensureSame((await client.listAliases({ KeyId: other })).Aliases?.[0]?.AliasName, AliasName, "The alias listed")
    await client.deleteAlias({ AliasName })
    await refused(client.describeKey({ KeyId: AliasName }), "NotFoundException", "DescribeKey by it afterwards")
    await client.describeKey({ KeyId: other })
    await refused(
      client.createAlias({ AliasName: "alias/aws/x", TargetKeyId: one }),
      "NotAuthorizedException",
      "alias/aws/x"
    )
  }
}

const describing: Check = {
  name: "a key's tags and description change",
  run: async ({ client }) => {
    const KeyId = await newKey(client)
    await client.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "1" }, { TagKey: "b", TagValue: "" }] })
    await client.untagResource({ KeyId, TagKeys: ["a"] })
    ensureSame((await client.listResourceTags({ KeyId })).Tags, [{ TagKey: "b", TagValue: "" }], "The tags")
    await refused(
      client.tagResource({ KeyId, Tags: [{ TagKey: "aws:x", TagValue: "" }] }),
      "TagException",
      "A tag aws:x"
    )
    await client.updateKeyDescription({ KeyId, Description: "zürich 🚋" })
    ensureSame((await client.describeKey({ KeyId })).KeyMetadata?.Description, "zürich 🚋", "The description")
  }
}

const regions: Check = {
  name: "a multi-Region key is the same key in another Region",
  run: async ({ client, elsewhere, region }) => {
    if (elsewhere === undefined) return
    const there = region === "eu-central-1" ? "us-east-1" : "eu-central-1"
    const KeyId = await newKey(client, { MultiRegion: true })
    const { ReplicaKeyMetadata } = await client.replicateKey({ KeyId, ReplicaRegion: there })
    ensureSame(ReplicaKeyMetadata?.KeyId, KeyId, "The replica's id")
    const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext: bytes("x") })
    const { Plaintext } = await elsewhere(there).decrypt({ CiphertextBlob, KeyId })
    ensureSame(Plaintext, bytes("x"), "What it decrypts there")
    await refused(client.replicateKey({ KeyId, ReplicaRegion: there }), "AlreadyExistsException", "ReplicateKey again")
    await elsewhere(there).scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
  }
}

/** The checks. */
export const keyChecks: ReadonlyArray<Check> = [life, switching, deletion, aliases, describing, regions]
