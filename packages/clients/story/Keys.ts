/** The kinds of keys beyond symmetric encryption, imported material, grants, and multi-Region keys. */
import { constants, createHmac, createPublicKey, publicEncrypt, randomBytes, verify as verifies } from "node:crypto"
import { people, user } from "../support/People.ts"
import { check, given, same, type World } from "./World.ts"

const message = new TextEncoder().encode("Pay Ada 100 crowns.")
const other = new TextEncoder().encode("Pay Eve 100 crowns.")

/** The key's id. */
const keyOf = async (world: World, input: Parameters<typeof world.root.call<"CreateKey">>[1]): Promise<string> =>
  given((await world.root.call("CreateKey", input)).KeyMetadata?.KeyId, "a key id")

export const macs = (world: World): Promise<void> =>
  world.step("MACs: generate, verify, refuse another message", async () => {
    const KeyId = await keyOf(world, { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" })
    const MacAlgorithm = "HMAC_SHA_256"
    const { Mac } = await world.root.call("GenerateMac", { KeyId, Message: message, MacAlgorithm })
    check(Mac?.length === createHmac("sha256", "").digest().length, "it has 32 bytes")
    const { MacValid } = await world.root.call("VerifyMac", { KeyId, Message: message, Mac, MacAlgorithm })
    check(MacValid === true, "it is valid")
    const wrong = world.root.call("VerifyMac", { KeyId, Message: other, Mac, MacAlgorithm })
    await world.refused(wrong, "KMSInvalidMacException")
  })

export const signatures = (world: World): Promise<void> =>
  world.step("Signatures: sign, verify here and elsewhere, refuse another message", async () => {
    const KeyId = await keyOf(world, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" })
    const SigningAlgorithm = "ECDSA_SHA_256"
    const { Signature } = await world.root.call("Sign", { KeyId, Message: message, SigningAlgorithm })
    const asked = { KeyId, Message: message, Signature, SigningAlgorithm } as const
    check((await world.root.call("Verify", asked)).SignatureValid === true, "it is valid")
    await world.refused(world.root.call("Verify", { ...asked, Message: other }), "KMSInvalidSignatureException")
    const { PublicKey } = await world.root.call("GetPublicKey", { KeyId })
    const key = createPublicKey({ key: Buffer.from(given(PublicKey, "a public key")), format: "der", type: "spki" })
    check(verifies("sha256", message, key, given(Signature, "a signature")), "it verifies without the KMS")
    check(!verifies("sha256", other, key, given(Signature, "a signature")), "and only for its message")
  })

export const rsa = (world: World): Promise<void> =>
  world.step("RSA: encrypt offline with the public key, decrypt with the KMS key", async () => {
    const KeyId = await keyOf(world, { KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" })
    const { PublicKey } = await world.root.call("GetPublicKey", { KeyId })
    const key = createPublicKey({ key: Buffer.from(given(PublicKey, "a public key")), format: "der", type: "spki" })
    const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }
    const CiphertextBlob = new Uint8Array(publicEncrypt(oaep, message))
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_256"
    const { Plaintext } = await world.root.call("Decrypt", { KeyId, CiphertextBlob, EncryptionAlgorithm })
    check(same(Plaintext, message), "the message is the same")
  })

export const pairs = (world: World): Promise<void> =>
  world.step("Data keys and pairs, with and without plaintext", async () => {
    const KeyId = await keyOf(world, {})
    const { root } = world
    const dataKey = await root.call("GenerateDataKey", { KeyId, KeySpec: "AES_256" })
    const { Plaintext } = await root.call("Decrypt", { CiphertextBlob: dataKey.CiphertextBlob })
    check(Plaintext?.length === 32 && same(dataKey.Plaintext, Plaintext), "a data key decrypts")
    const hidden = await root.call("GenerateDataKeyWithoutPlaintext", { KeyId, NumberOfBytes: 16 })
    const shown = await root.call("Decrypt", { CiphertextBlob: hidden.CiphertextBlob })
    check(shown.Plaintext?.length === 16, "so does one that was never shown")
    const pair = await root.call("GenerateDataKeyPair", { KeyId, KeyPairSpec: "ECC_NIST_P256" })
    const { Plaintext: key } = await root.call("Decrypt", { CiphertextBlob: pair.PrivateKeyCiphertextBlob })
    check(same(key, given(pair.PrivateKeyPlaintext, "a private key")), "a pair's private key decrypts")
  })

export const postQuantum = (world: World): Promise<void> =>
  world.step("Post-quantum signatures", async () => {
    const KeyId = await keyOf(world, { KeySpec: "ML_DSA_44", KeyUsage: "SIGN_VERIFY" })
    const asked = { KeyId, Message: message, SigningAlgorithm: "ML_DSA_SHAKE_256" } as const
    const { Signature } = await world.root.call("Sign", asked)
    check((await world.root.call("Verify", { ...asked, Signature })).SignatureValid === true, "it is valid")
  })

export const imported = (world: World): Promise<void> =>
  world.step("Imported material: import, use, delete, import again", async () => {
    const { root } = world
    const KeyId = await keyOf(world, { Origin: "EXTERNAL" })
    await world.refused(root.call("Encrypt", { KeyId, Plaintext: message }), "KMSInvalidStateException")
    const material = randomBytes(32)
    const bring = async () => {
      const wrapping = { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" } as const
      const { ImportToken, PublicKey } = await root.call("GetParametersForImport", { KeyId, ...wrapping })
      const key = createPublicKey({ key: Buffer.from(given(PublicKey, "a public key")), format: "der", type: "spki" })
      const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }
      const EncryptedKeyMaterial = new Uint8Array(publicEncrypt(oaep, material))
      const ExpirationModel = "KEY_MATERIAL_DOES_NOT_EXPIRE"
      await root.call("ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel })
    }
    await bring()
    const { CiphertextBlob } = await root.call("Encrypt", { KeyId, Plaintext: message })
    await root.call("DeleteImportedKeyMaterial", { KeyId })
    await world.refused(root.call("Decrypt", { CiphertextBlob }), "KMSInvalidStateException")
    await bring()
    check(same((await root.call("Decrypt", { CiphertextBlob })).Plaintext, message), "it decrypts again")
  })

export const grants = (world: World): Promise<void> =>
  world.step("Grants: allow, use, list, revoke", async () => {
    const { eve, root } = world
    const KeyId = await keyOf(world, {})
    const asked = { KeyId, Plaintext: message }
    await world.refused(eve.call("Encrypt", asked), "AccessDeniedException")
    const grant = { KeyId, GranteePrincipal: user("eve"), Operations: ["Encrypt" as const] }
    const { GrantId, GrantToken } = await root.call("CreateGrant", grant)
    const GrantTokens = [given(GrantToken, "a grant token")]
    const { CiphertextBlob } = await eve.call("Encrypt", { ...asked, GrantTokens })
    await world.refused(eve.call("Decrypt", { CiphertextBlob, GrantTokens }), "AccessDeniedException")
    const listed = await root.all("ListGrants", { KeyId }, "Grants", 1)
    check(listed.length === 1 && listed[0]?.GrantId === GrantId, "it is listed")
    await root.call("RevokeGrant", { KeyId, GrantId })
    await world.refused(eve.call("Encrypt", asked), "AccessDeniedException")
  })

export const regions = (world: World): Promise<void> =>
  world.step("Regions: by the signature's, and none knows the keys of another", async () => {
    const KeyId = await keyOf(world, {})
    const elsewhere = world.as(people.root, { region: "eu-west-1" })
    await world.refused(elsewhere.call("DescribeKey", { KeyId }), "NotFoundException")
    const { KeyMetadata } = await elsewhere.call("CreateKey", {})
    check(KeyMetadata?.Arn?.startsWith("arn:aws:kms:eu-west-1:") === true, "keys are made where the client asks")
  })

export const multiRegion = (world: World): Promise<void> =>
  world.step("Multi-Region keys: encrypt here, decrypt there", async () => {
    const KeyId = await keyOf(world, { MultiRegion: true })
    const elsewhere = world.as(people.root, { region: "eu-west-1" })
    const { ReplicaKeyMetadata } = await world.root.call("ReplicateKey", { KeyId, ReplicaRegion: "eu-west-1" })
    check(ReplicaKeyMetadata?.KeyId === KeyId, "the replica has the key's id")
    const { CiphertextBlob } = await world.root.call("Encrypt", { KeyId, Plaintext: message })
    const { Plaintext } = await elsewhere.call("Decrypt", { CiphertextBlob, KeyId })
    check(same(Plaintext, message), "the message is the same")
  })
