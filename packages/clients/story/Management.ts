/** Aliases, tags, policies, pages, and what a wrong request meets. */
import { account, user } from "../support/People.ts"
import { check, given, type World } from "./World.ts"

const newKey = async (world: World, input: { readonly Description?: string } = {}): Promise<string> =>
  given((await world.root.call("CreateKey", input)).KeyMetadata?.KeyId, "a key id")

export const aliases = (world: World): Promise<void> =>
  world.step("Aliases: create, move, list, delete", async () => {
    const { root } = world
    const [one, other] = [await newKey(world), await newKey(world)]
    const AliasName = "alias/moving"
    await root.call("CreateAlias", { AliasName, TargetKeyId: one })
    await world.refused(root.call("CreateAlias", { AliasName, TargetKeyId: one }), "AlreadyExistsException")
    await world.refused(
      root.call("CreateAlias", { AliasName: "alias/aws/mine", TargetKeyId: one }),
      "NotAuthorizedException"
    )
    await root.call("UpdateAlias", { AliasName, TargetKeyId: other })
    const { Aliases } = await root.call("ListAliases", { KeyId: other })
    check(Aliases?.length === 1 && Aliases[0]?.AliasName === AliasName, "it is the other key's")
    await root.call("DeleteAlias", { AliasName })
    await world.refused(root.call("DescribeKey", { KeyId: AliasName }), "NotFoundException")
  })

export const tags = (world: World): Promise<void> =>
  world.step("Tags: put, list, take away", async () => {
    const { root } = world
    const KeyId = await newKey(world)
    const Tags = [{ TagKey: "team", TagValue: "Lohnbüro" }, { TagKey: "stage", TagValue: "" }]
    await root.call("TagResource", { KeyId, Tags })
    await root.call("UntagResource", { KeyId, TagKeys: ["stage"] })
    const listed = await root.call("ListResourceTags", { KeyId })
    check(listed.Tags?.length === 1 && listed.Tags[0]?.TagValue === "Lohnbüro", "one tag is left")
    const reserved = [{ TagKey: "aws:mine", TagValue: "" }]
    await world.refused(root.call("TagResource", { KeyId, Tags: reserved }), "TagException")
  })

export const policies = (world: World): Promise<void> =>
  world.step("Key policies: get, put, list; who may, may from then on", async () => {
    const { eve, root } = world
    const KeyId = await newKey(world)
    const asked = { KeyId, Plaintext: new Uint8Array([1]) }
    await world.refused(eve.call("Encrypt", asked), "AccessDeniedException")
    const policy = given((await root.call("GetKeyPolicy", { KeyId })).Policy, "a policy")
    const { Statement, ...rest }: { readonly Statement: ReadonlyArray<object> } = JSON.parse(policy)
    const let1 = { Effect: "Allow", Principal: { AWS: user("eve") }, Action: "kms:Encrypt", Resource: "*" }
    const Policy = JSON.stringify({ ...rest, Statement: [...Statement, let1] })
    await root.call("PutKeyPolicy", { KeyId, Policy })
    check((await eve.call("Encrypt", asked)).CiphertextBlob !== undefined, "Eve encrypts now")
    check((await root.call("ListKeyPolicies", { KeyId })).PolicyNames?.join() === "default", "there is one policy")
    const broken = root.call("PutKeyPolicy", { KeyId, Policy: `{"Statement":` })
    await world.refused(broken, "MalformedPolicyDocumentException")
  })

export const pages = (world: World): Promise<void> =>
  world.step("Pages, by the client's own paginator", async () => {
    const { root } = world
    const made = await Promise.all(["a", "b", "c", "d", "e"].map(() => newKey(world)))
    const [first = ""] = made
    for (const name of ["p1", "p2", "p3"]) {
      await root.call("CreateAlias", { AliasName: `alias/${name}`, TargetKeyId: first })
    }
    const keys = await root.all("ListKeys", {}, "Keys", 2)
    const ids = new Set(keys.map(({ KeyId }) => KeyId))
    check(ids.size === keys.length && made.every((id) => ids.has(id)), "every key is listed, and once")
    const aliases = await root.all("ListAliases", { KeyId: first }, "Aliases", 2)
    check(aliases.map(({ AliasName }) => AliasName).join() === "alias/p1,alias/p2,alias/p3", "so are aliases")
    await world.refused(root.call("ListKeys", { Marker: "none" }), "InvalidMarkerException")
  })

export const rotation = (world: World): Promise<void> =>
  world.step("Automatic rotation: on, its period, off", async () => {
    const { root } = world
    const KeyId = await newKey(world)
    await root.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 180 })
    const on = await root.call("GetKeyRotationStatus", { KeyId })
    check(on.KeyRotationEnabled === true && on.RotationPeriodInDays === 180, "it rotates every 180 days")
    check(on.NextRotationDate instanceof Date && on.NextRotationDate.getTime() > Date.now(), "the next one is to come")
    await root.call("DisableKeyRotation", { KeyId })
    check((await root.call("GetKeyRotationStatus", { KeyId })).KeyRotationEnabled === false, "it does not rotate")
  })

export const wrongRequests = (world: World): Promise<void> =>
  world.step("What is not there, and what cannot be", async () => {
    const { root } = world
    const absent = "00000000-0000-4000-8000-000000000000"
    const { message } = await world.refused(root.call("DescribeKey", { KeyId: absent }), "NotFoundException")
    check(message === `Key 'arn:aws:kms:us-east-1:${account}:key/${absent}' does not exist`, "AWS's words say so")
    await world.refused(root.call("DescribeKey", { KeyId: "x" }), "NotFoundException")
    const KeyId = await newKey(world, { Description: "Wrong" })
    const tooSoon = root.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 1 })
    await world.refused(tooSoon, "ValidationException")
    const DryRun = root.call("Encrypt", { KeyId, Plaintext: new Uint8Array([1]), DryRun: true })
    await world.refused(DryRun, "DryRunOperationException")
    const notOurs = { CiphertextBlob: new Uint8Array(100).fill(7) }
    await world.refused(root.call("Decrypt", notOurs), "InvalidCiphertextException")
    const { Plaintext } = await root.call("GenerateRandom", { NumberOfBytes: 24 })
    check(Plaintext?.length === 24, "24 random bytes")
  })
