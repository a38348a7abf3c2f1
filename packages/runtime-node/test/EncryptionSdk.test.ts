/** The AWS Encryption SDK, whose keyrings take `openKms` for AWS KMS. */
import {
  AwsKmsMrkAwareSymmetricDiscoveryKeyringNode,
  buildClient,
  cacheClients,
  CommitmentPolicy,
  KmsKeyringNode,
  limitRegions
} from "@aws-crypto/client-node"
import { assert, describe, it } from "@effect/vitest"
import { openKms } from "@keystead/runtime-node/OpenKms"

const { decrypt, encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const secret = Buffer.from("attack at dawn")
const context = { department: "pay" }

const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "done",
    (error: unknown) => error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  )

describe("openKms as the client provider of a keyring", () => {
  it("encrypts under keys of several Regions and an alias, and each opens it", async () => {
    await using kms = await openKms({ region: "eu-west-1" })
    const there = kms.clientProvider("us-east-2")
    const arns = await Promise.all([kms, there].map(async (client) => {
      const { KeyMetadata } = await client.createKey()
      return KeyMetadata?.Arn ?? ""
    }))
    assert.match(arns.join(" "), /^arn:aws:kms:eu-west-1:\S+ arn:aws:kms:us-east-2:\S+$/)
    await kms.createAlias({ AliasName: "alias/pay", TargetKeyId: arns[0] ?? "" })
    const { clientProvider } = kms
    const keyring = new KmsKeyringNode({ clientProvider, generatorKeyId: "alias/pay", keyIds: [arns[1] ?? ""] })
    const { result } = await encrypt(keyring, secret, { encryptionContext: context })
    for (const arn of arns) {
      const { messageHeader, plaintext } = await decrypt(new KmsKeyringNode({ clientProvider, keyIds: [arn] }), result)
      assert.deepStrictEqual(plaintext, secret)
      assert.strictEqual(messageHeader.encryptionContext["department"], "pay")
    }
    await kms.disableKey({ KeyId: arns[0] ?? "" })
    const only = new KmsKeyringNode({ clientProvider, keyIds: [arns[0] ?? ""] })
    assert.match(await rejection(decrypt(only, result)), /DisabledException|disabled/)
  })

  it("discovers keys, and may be limited and cached as others may", async () => {
    await using kms = await openKms()
    const { KeyMetadata } = await kms.createKey()
    const generatorKeyId = KeyMetadata?.Arn ?? ""
    const clientProvider = cacheClients(limitRegions(["us-east-1"], kms.clientProvider))
    const { result } = await encrypt(new KmsKeyringNode({ clientProvider, generatorKeyId }), secret)
    assert.deepStrictEqual(
      (await decrypt(new KmsKeyringNode({ clientProvider, discovery: true }), result)).plaintext,
      secret
    )
    assert.strictEqual(clientProvider("us-east-1"), clientProvider("us-east-1"))
    const elsewhere = limitRegions(["eu-west-1"], kms.clientProvider)
    assert.notStrictEqual(
      await rejection(decrypt(new KmsKeyringNode({ clientProvider: elsewhere, discovery: true }), result)),
      "done"
    )
    assert.strictEqual(kms.clientProvider("").config.region, "us-east-1")
  })

  it("tells its Region to keyrings that look for multi-Region keys", async () => {
    await using kms = await openKms({ region: "eu-west-1" })
    const { KeyMetadata } = await kms.createKey()
    const { clientProvider } = kms
    const keyring = new KmsKeyringNode({ clientProvider, generatorKeyId: KeyMetadata?.Arn ?? "" })
    const { result } = await encrypt(keyring, secret)
    const discovery = new AwsKmsMrkAwareSymmetricDiscoveryKeyringNode({ client: clientProvider("eu-west-1") })
    assert.deepStrictEqual((await decrypt(discovery, result)).plaintext, secret)
  })

  it("keeps to its caller's permissions", async () => {
    await using kms = await openKms()
    const { KeyMetadata } = await kms.createKey()
    const generatorKeyId = KeyMetadata?.Arn ?? ""
    const { clientProvider } = kms.as("arn:aws:iam::111122223333:user/eve")
    const keyring = new KmsKeyringNode({ clientProvider, generatorKeyId })
    assert.match(await rejection(encrypt(keyring, secret)), /not authorized|AccessDenied/)
  })
})
