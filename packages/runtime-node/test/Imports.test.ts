/** Imports on Node as an importer sees them: real wrapping keys, OpenSSL on the other side, and a store that is reopened. */
import { assert, describe, it } from "@effect/vitest"
import { openKms } from "@keystead/runtime-node/OpenKms"
import { aeskwp } from "@noble/ciphers/aes.js"
import { constants, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const forEver = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" } as const

const oaep = (publicKey: Uint8Array | undefined, plaintext: Uint8Array, oaepHash = "sha256") =>
  Uint8Array.from(publicEncrypt(
    {
      key: createPublicKey({ key: Buffer.from(publicKey ?? []), format: "der", type: "spki" }),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash
    },
    plaintext
  ))

describe("imports on Node", () => {
  it("go on after a restart: the token and the material are what the store's root key keeps", async () => {
    const home = mkdtempSync(join(tmpdir(), "keystead-import-"))
    const directory = join(home, "store")
    const material = randomBytes(32)
    const Plaintext = new TextEncoder().encode("attack at dawn")
    try {
      const opened = await openKms({ directory })
      const { KeyMetadata } = await opened.createKey({ Origin: "EXTERNAL" })
      const KeyId = KeyMetadata?.KeyId ?? ""
      const { ImportToken = new Uint8Array(), PublicKey } = await opened.getParametersForImport({
        KeyId,
        WrappingAlgorithm: "RSAES_OAEP_SHA_256",
        WrappingKeySpec: "RSA_2048"
      })
      const again = await opened.getParametersForImport({
        KeyId,
        WrappingAlgorithm: "RSAES_OAEP_SHA_256",
        WrappingKeySpec: "RSA_2048"
      })
      assert.notDeepEqual(again.PublicKey, PublicKey)
      await opened.close()
      const reopened = await openKms({ directory })
      const EncryptedKeyMaterial = oaep(PublicKey, material)
      await reopened.importKeyMaterial({ KeyId, ImportToken, EncryptedKeyMaterial, ...forEver })
      const { CiphertextBlob } = await reopened.encrypt({ KeyId, Plaintext })
      await reopened.close()
      await using last = await openKms({ directory })
      assert.deepStrictEqual((await last.decrypt({ CiphertextBlob })).Plaintext, Plaintext)
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  it("give an RSA key that decrypts what was encrypted with its public key long before", async () => {
    await using kms = await openKms()
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 })
    const message = new TextEncoder().encode("attack at dawn")
    const spki = Uint8Array.from(pair.publicKey.export({ format: "der", type: "spki" }))
    const CiphertextBlob = oaep(spki, message, "sha1")
    const { KeyMetadata } = await kms.createKey({
      Origin: "EXTERNAL",
      KeySpec: "RSA_2048",
      KeyUsage: "ENCRYPT_DECRYPT"
    })
    const KeyId = KeyMetadata?.KeyId ?? ""
    const { ImportToken = new Uint8Array(), PublicKey } = await kms.getParametersForImport({
      KeyId,
      WrappingAlgorithm: "RSA_AES_KEY_WRAP_SHA_256",
      WrappingKeySpec: "RSA_3072"
    })
    const aesKey = randomBytes(32)
    const pkcs8 = pair.privateKey.export({ format: "der", type: "pkcs8" })
    const wrapped = Buffer.concat([oaep(PublicKey, aesKey), aeskwp(aesKey).encrypt(pkcs8)])
    await kms.importKeyMaterial({ KeyId, ImportToken, EncryptedKeyMaterial: Uint8Array.from(wrapped), ...forEver })
    const opened = await kms.decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm: "RSAES_OAEP_SHA_1" })
    assert.deepStrictEqual(opened.Plaintext, message)
    assert.deepStrictEqual((await kms.getPublicKey({ KeyId })).PublicKey, spki)
  })
})
