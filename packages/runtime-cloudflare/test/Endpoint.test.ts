/** The real AWS SDK, against the Worker in workerd. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import {
  constants,
  createCipheriv,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes
} from "node:crypto"
import { rmSync } from "node:fs"
import { accessKeys, makeFolder, rootKey, start, type Workerd } from "./support/Workerd.ts"

const utf8 = (text: string) => new TextEncoder().encode(text)
const secrets = { KEYSTEAD_ROOT_KEY: rootKey, KEYSTEAD_CREDENTIALS: accessKeys }

const nameOf = async (refused: Promise<unknown>): Promise<string> => {
  try {
    await refused
    return "nothing"
  } catch (error) {
    return error instanceof Error ? error.name : "no error"
  }
}

describe("the AWS SDK talks to a Worker", () => {
  const folder = makeFolder()
  let workerd: Workerd
  beforeAll(async () => {
    workerd = await start({ folder, bindings: secrets })
  })
  afterAll(async () => {
    await workerd.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it("encrypts, decrypts and makes data keys under an alias, which it may move", async () => {
    const kms = workerd.kms()
    const one = (await kms.createKey({ Description: "one" })).KeyMetadata?.KeyId ?? ""
    const other = (await kms.createKey({})).KeyMetadata?.KeyId ?? ""
    await kms.createAlias({ AliasName: "alias/app", TargetKeyId: one })
    const context = { EncryptionContext: { purpose: "test" } }
    const { CiphertextBlob } = await kms.encrypt({ KeyId: "alias/app", Plaintext: utf8("hello"), ...context })
    await kms.updateAlias({ AliasName: "alias/app", TargetKeyId: other })
    const { KeyId, Plaintext } = await kms.generateDataKey({ KeyId: "alias/app", KeySpec: "AES_256" })
    assert.match(KeyId ?? "", new RegExp(other))
    assert.strictEqual(Plaintext?.length, 32)
    const decrypted = await kms.decrypt({ CiphertextBlob, ...context })
    assert.deepStrictEqual(decrypted.Plaintext, utf8("hello"))
    assert.strictEqual(await nameOf(kms.decrypt({ CiphertextBlob })), "InvalidCiphertextException")
    await kms.disableKey({ KeyId: other })
    assert.strictEqual(await nameOf(kms.encrypt({ KeyId: "alias/app", Plaintext: utf8("no") })), "DisabledException")
    assert.strictEqual(await nameOf(kms.describeKey({ KeyId: "alias/none" })), "NotFoundException")
    assert.strictEqual(await nameOf(kms.createKey({ KeySpec: "AES_1" as "RSA_2048" })), "ValidationException")
  })

  it("signs, verifies, agrees on secrets and makes codes", async () => {
    const kms = workerd.kms()
    const make = async (
      KeySpec: "ECC_NIST_P256" | "RSA_2048" | "ML_DSA_44" | "HMAC_256",
      KeyUsage: "SIGN_VERIFY" | "GENERATE_VERIFY_MAC"
    ) => (await kms.createKey({ KeySpec, KeyUsage })).KeyMetadata?.KeyId ?? ""
    for (
      const [spec, SigningAlgorithm] of [
        ["ECC_NIST_P256", "ECDSA_SHA_256"],
        ["RSA_2048", "RSASSA_PSS_SHA_256"],
        ["ML_DSA_44", "ML_DSA_SHAKE_256"]
      ] as const
    ) {
      const KeyId = await make(spec, "SIGN_VERIFY")
      const asked = { KeyId, SigningAlgorithm, Message: utf8("message") }
      const { Signature } = await kms.sign(asked)
      assert.isTrue((await kms.verify({ ...asked, Signature })).SignatureValid)
      const forged = kms.verify({ ...asked, Signature, Message: utf8("massage") })
      assert.strictEqual(await nameOf(forged), "KMSInvalidSignatureException")
    }
    const KeyId = await make("HMAC_256", "GENERATE_VERIFY_MAC")
    const asked = { KeyId, MacAlgorithm: "HMAC_SHA_256", Message: utf8("message") } as const
    const { Mac } = await kms.generateMac(asked)
    assert.isTrue((await kms.verifyMac({ ...asked, Mac })).MacValid)
  })

  it("imports key material, in both wrappings", async () => {
    const kms = workerd.kms()
    const material = randomBytes(32)
    for (const WrappingAlgorithm of ["RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_256"] as const) {
      const hybrid = WrappingAlgorithm === "RSA_AES_KEY_WRAP_SHA_256"
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
        format: "der",
        type: "pkcs8"
      })
      const { KeyMetadata: { KeyId = "" } = {} } = await kms.createKey({
        Origin: "EXTERNAL",
        ...(hybrid ? { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" } : {})
      })
      const { ImportToken, PublicKey = new Uint8Array(0) } = await kms.getParametersForImport({
        KeyId,
        WrappingAlgorithm,
        WrappingKeySpec: "RSA_2048"
      })
      const to = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" })
      const wrap = (secret: Uint8Array) =>
        publicEncrypt({ key: to, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, secret)
      const aes = createCipheriv("id-aes256-wrap-pad", material, Buffer.from("a65959a6", "hex"))
      const EncryptedKeyMaterial = hybrid
        ? Buffer.concat([wrap(material), aes.update(pair), aes.final()])
        : wrap(material)
      const asked = {
        KeyId,
        ImportToken,
        EncryptedKeyMaterial,
        ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE"
      } as const
      await kms.importKeyMaterial(asked)
      assert.strictEqual((await kms.describeKey({ KeyId })).KeyMetadata?.KeyState, "Enabled")
    }
  })

  it("keeps a multi-Region key one key: what one Region encrypts another decrypts, before and after it is the primary", async () => {
    const kms = workerd.kms()
    const other = workerd.kms("us-east-1")
    const KeyId = (await kms.createKey({ MultiRegion: true })).KeyMetadata?.KeyId ?? ""
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: utf8("everywhere") })
    await kms.replicateKey({ KeyId, ReplicaRegion: "us-east-1" })
    assert.deepStrictEqual((await other.decrypt({ CiphertextBlob, KeyId })).Plaintext, utf8("everywhere"))
    await kms.updatePrimaryRegion({ KeyId, PrimaryRegion: "us-east-1" })
    const { MultiRegionConfiguration } = (await other.describeKey({ KeyId })).KeyMetadata ?? {}
    assert.strictEqual(MultiRegionConfiguration?.MultiRegionKeyType, "PRIMARY")
    assert.strictEqual(
      await nameOf(kms.replicateKey({ KeyId, ReplicaRegion: "eu-north-1" })),
      "UnsupportedOperationException"
    )
    await other.rotateKeyOnDemand({ KeyId })
    const rotated = await kms.encrypt({ KeyId, Plaintext: utf8("after") })
    assert.deepStrictEqual((await other.decrypt({ CiphertextBlob: rotated.CiphertextBlob })).Plaintext, utf8("after"))
  })

  it("lets another account use a key by a grant, which its principal finds among those to retire", async () => {
    const kms = workerd.kms()
    const ada = workerd.kms("eu-west-1", "AKIAI44QH8DHBEXAMPLE")
    const principal = "arn:aws:iam::444455556666:user/ada"
    const { KeyMetadata: { Arn: KeyId = "" } = {} } = await kms.createKey({})
    const encrypt = () => ada.encrypt({ KeyId, Plaintext: utf8("shared") })
    assert.strictEqual(await nameOf(encrypt()), "AccessDeniedException")
    const { GrantId } = await kms.createGrant({
      KeyId,
      GranteePrincipal: principal,
      RetiringPrincipal: principal,
      Operations: ["Encrypt"]
    })
    assert.isDefined((await encrypt()).CiphertextBlob)
    const { Grants = [] } = await ada.listRetirableGrants({ RetiringPrincipal: principal })
    assert.deepStrictEqual(Grants.map((grant) => grant.GrantId), [GrantId])
    await ada.retireGrant({ KeyId, GrantId })
    assert.strictEqual(await nameOf(encrypt()), "AccessDeniedException")
  })

  it("refuses other access keys, and answers health to anybody", async () => {
    assert.strictEqual(
      await nameOf(workerd.kms("eu-west-1", "AKIAXXXXXXXXXXXXXXXX").listKeys({})),
      "UnrecognizedClientException"
    )
    assert.strictEqual((await fetch(new URL("/health", workerd.url))).status, 200)
    assert.strictEqual((await fetch(new URL("/audit", workerd.url))).status, 400)
  })
})
