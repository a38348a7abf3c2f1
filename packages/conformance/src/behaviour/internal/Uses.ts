/** Signatures, MACs, shared secrets and encapsulation: every kind of key but symmetric ones. */
import { bytes, type Check, ensure, ensureSame, given, refused } from "../Check.ts"
import type { Client } from "../Target.ts"
import { newKey, spoiled } from "./Making.ts"

type SignInput = Parameters<Client["sign"]>[0]
type Way = Pick<SignInput, "SigningAlgorithm" | "MessageType"> & { readonly length: number }
type KeySpec = NonNullable<NonNullable<Parameters<Client["createKey"]>[0]>["KeySpec"]>

const raw = (SigningAlgorithm: Way["SigningAlgorithm"]): Way => ({ SigningAlgorithm, length: 100 })
const digest = (SigningAlgorithm: Way["SigningAlgorithm"], length: number): Way => ({
  SigningAlgorithm,
  MessageType: "DIGEST",
  length
})

const ways: ReadonlyArray<readonly [KeySpec, ReadonlyArray<Way>]> = [
  ["ECC_NIST_P256", [raw("ECDSA_SHA_256"), digest("ECDSA_SHA_256", 32)]],
  ["ECC_NIST_P384", [raw("ECDSA_SHA_384"), digest("ECDSA_SHA_384", 48)]],
  ["ECC_NIST_P521", [raw("ECDSA_SHA_512"), digest("ECDSA_SHA_512", 64)]],
  ["ECC_SECG_P256K1", [raw("ECDSA_SHA_256"), digest("ECDSA_SHA_256", 32)]],
  ["ECC_NIST_EDWARDS25519", [raw("ED25519_SHA_512"), digest("ED25519_PH_SHA_512", 64)]],
  ["ML_DSA_44", [raw("ML_DSA_SHAKE_256"), { ...raw("ML_DSA_SHAKE_256"), MessageType: "EXTERNAL_MU", length: 64 }]]
]

const signs = async (client: Client, KeyId: string, { length, ...way }: Way): Promise<void> => {
  const Message = Uint8Array.from({ length }, (_, at) => at)
  const { Signature } = await client.sign({ KeyId, Message, ...way })
  const signed = { KeyId, Message, Signature: given(Signature, "Signature"), ...way }
  ensureSame((await client.verify(signed)).SignatureValid, true, "SignatureValid")
  const { message } = await refused(
    client.verify({ ...signed, Message: spoiled(Message) }),
    "KMSInvalidSignatureException",
    "Verify of another message"
  )
  ensureSame(message, "", "The message")
}

const signatures = ways.map(([KeySpec, all]): Check => ({
  name: `${KeySpec} keys sign and verify`,
  run: async ({ client }) => {
    const KeyId = await newKey(client, { KeySpec, KeyUsage: "SIGN_VERIFY" })
    for (const way of all) await signs(client, KeyId, way)
    const { PublicKey } = await client.getPublicKey({ KeyId })
    ensure(given(PublicKey, "PublicKey").length > 0, "There is no public key")
    await refused(client.encrypt({ KeyId, Plaintext: bytes("x") }), "InvalidKeyUsageException", "Encrypt with it")
  }
}))

const rsaKey = (client: Client, KeyUsage: "SIGN_VERIFY" | "ENCRYPT_DECRYPT") =>
  newKey(client, { KeySpec: "RSA_2048", KeyUsage })

const rsa: Check = {
  name: "RSA keys sign, verify, encrypt and decrypt",
  feature: "rsa",
  run: async ({ client }) => {
    const signing = await rsaKey(client, "SIGN_VERIFY")
    for (const way of ["RSASSA_PSS_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384"] as const) {
      await signs(client, signing, raw(way))
    }
    const KeyId = await rsaKey(client, "ENCRYPT_DECRYPT")
    for (const EncryptionAlgorithm of ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] as const) {
      const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionAlgorithm })
      const { Plaintext } = await client.decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm })
      ensureSame(Plaintext, bytes("x"), "The plaintext")
    }
  },
  refused: ({ client }) => rsaKey(client, "SIGN_VERIFY")
}

const rsaDigests: Check = {
  name: "RSA keys sign digests",
  feature: "rsaDigests",
  run: async ({ client }) => {
    const KeyId = await rsaKey(client, "SIGN_VERIFY")
    await signs(client, KeyId, digest("RSASSA_PSS_SHA_256", 32))
    await signs(client, KeyId, digest("RSASSA_PKCS1_V1_5_SHA_512", 64))
  },
  refused: async ({ client }) => {
    const KeyId = await rsaKey(client, "SIGN_VERIFY")
    const SigningAlgorithm = "RSASSA_PSS_SHA_256"
    return await client.sign({ KeyId, Message: new Uint8Array(32), MessageType: "DIGEST", SigningAlgorithm })
  }
}

const macs: Check = {
  name: "HMAC keys make MACs and verify them",
  run: async ({ client }) => {
    for (const [bits, length] of [["224", 28], ["256", 32], ["384", 48], ["512", 64]] as const) {
      const KeyId = await newKey(client, { KeySpec: `HMAC_${bits}`, KeyUsage: "GENERATE_VERIFY_MAC" })
      const asked = { KeyId, Message: bytes("x"), MacAlgorithm: `HMAC_SHA_${bits}` } as const
      const Mac = given((await client.generateMac(asked)).Mac, "Mac")
      ensureSame(Mac.length, length, "Its length")
      ensureSame((await client.verifyMac({ ...asked, Mac })).MacValid, true, "MacValid")
      await refused(client.verifyMac({ ...asked, Mac: spoiled(Mac) }), "KMSInvalidMacException", "Another MAC")
    }
  }
}

const agreement: Check = {
  name: "two keys agree on a secret",
  run: async ({ client }) => {
    for (const KeySpec of ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"] as const) {
      const create = { KeySpec, KeyUsage: "KEY_AGREEMENT" } as const
      const [one, other] = [await newKey(client, create), await newKey(client, create)]
      const secretOf = async (KeyId: string, of: string) => {
        const { PublicKey } = await client.getPublicKey({ KeyId: of })
        const asked = { KeyId, PublicKey: given(PublicKey, "PublicKey"), KeyAgreementAlgorithm: "ECDH" } as const
        return given((await client.deriveSharedSecret(asked)).SharedSecret, "SharedSecret")
      }
      ensureSame(await secretOf(one, other), await secretOf(other, one), `The secret by ${KeySpec}`)
    }
  }
}

const encapsulation: Check = {
  name: "ML-KEM keys take out the secret that was put in, and answer a foreign ciphertext with another",
  run: async ({ client }) => {
    for (const KeySpec of ["ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"] as const) {
      const KeyId = await newKey(client, { KeySpec, KeyUsage: "ENCAPSULATE_DECAPSULATE" })
      const asked = { KeyId, EncapsulationAlgorithm: "ML_KEM" } as const
      const put = await client.encapsulate(asked)
      const blob = given(put.SharedSecretCiphertextBlob, "SharedSecretCiphertextBlob")
      const taken = await client.decapsulate({ ...asked, SharedSecretCiphertextBlob: blob })
      ensureSame(taken.SharedSecret, put.SharedSecret, "The secret")
      const foreign = await client.decapsulate({ ...asked, SharedSecretCiphertextBlob: spoiled(blob) })
      ensure(String(foreign.SharedSecret) !== String(put.SharedSecret), "A changed ciphertext gives the same secret")
      const cut = client.decapsulate({ ...asked, SharedSecretCiphertextBlob: blob.slice(1) })
      await refused(cut, "InvalidCiphertextException", "A ciphertext of another length")
    }
  }
}

const pairs: Check = {
  name: "data key pairs come with their private key encrypted",
  run: async ({ client }) => {
    const KeyId = await newKey(client)
    for (const KeyPairSpec of ["ECC_NIST_P256", "ECC_NIST_EDWARDS25519", "ML_KEM_512"] as const) {
      const made = await client.generateDataKeyPair({ KeyId, KeyPairSpec })
      const { Plaintext } = await client.decrypt({ CiphertextBlob: made.PrivateKeyCiphertextBlob })
      ensureSame(Plaintext, made.PrivateKeyPlaintext, `The private key of ${KeyPairSpec}`)
    }
  }
}

/** The checks. */
export const useChecks: ReadonlyArray<Check> = [...signatures, rsa, rsaDigests, macs, agreement, encapsulation, pairs]
