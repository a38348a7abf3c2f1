/** The operations with RSA keys, which only a host can bring: OpenSSL is the other side. */
import { assert, describe, it } from "@effect/vitest"
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import { type OpenKms, openKms } from "@keystead/runtime-node/OpenKms"
import fc from "fast-check"
import { constants, createHash, createPrivateKey, createPublicKey, publicEncrypt, sign, verify } from "node:crypto"
import { isDeepStrictEqual } from "node:util"

const dryRun = "DryRunOperationException: The request would have succeeded, but the DryRun option is set."
const specs = [["RSA_2048", 2048], ["RSA_3072", 3072], ["RSA_4096", 4096]] as const
const bytes = (text: string) => new TextEncoder().encode(text)
const messages = fc.uint8Array({ minLength: 1, maxLength: 300 })

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const bit = at % (bytes.length * 8)
  return bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
}

const textOf = (error: unknown): string => error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** How a call fails; the test fails if it does not. */
const failure = (call: Promise<unknown>): Promise<string> =>
  call.then(() => assert.fail("it should have failed"), textOf)

type Usage = "ENCRYPT_DECRYPT" | "SIGN_VERIFY"

const createKey = async (kms: OpenKms, KeySpec: (typeof specs)[number][0] = "RSA_2048", KeyUsage: Usage) => {
  const { KeyMetadata } = await kms.createKey({ KeySpec, KeyUsage })
  return { KeyId: KeyMetadata?.KeyId ?? "", arn: KeyMetadata?.Arn ?? "", metadata: KeyMetadata }
}

const publicKeyOf = async (kms: OpenKms, KeyId: string) => {
  const { PublicKey = bytes("") } = await kms.getPublicKey({ KeyId })
  return createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" })
}

const oaep = { RSAES_OAEP_SHA_1: ["sha1", 20], RSAES_OAEP_SHA_256: ["sha256", 32] } as const
const encryptions = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] as const

describe.each(specs)("encryption by %s", (spec, bits) => {
  it("takes 1 to AWS's most bytes, and what it encrypts is RSAES-OAEP both ways", async () => {
    await using kms = await openKms()
    const { KeyId, arn } = await createKey(kms, spec, "ENCRYPT_DECRYPT")
    const key = await publicKeyOf(kms, KeyId)
    assert.strictEqual(key.asymmetricKeyDetails?.modulusLength, bits)
    for (const EncryptionAlgorithm of encryptions) {
      const [oaepHash, length] = oaep[EncryptionAlgorithm]
      const most = bits / 8 - 2 * length - 2
      for (const size of [1, most]) {
        const Plaintext = new Uint8Array(size).fill(7)
        const sealed = await kms.encrypt({ KeyId, Plaintext, EncryptionAlgorithm })
        const { $metadata: _, CiphertextBlob = bytes(""), ...said } = sealed
        assert.deepStrictEqual(said, { KeyId: arn, EncryptionAlgorithm })
        assert.lengthOf(CiphertextBlob, bits / 8)
        const padding = constants.RSA_PKCS1_OAEP_PADDING
        const offline = Uint8Array.from(publicEncrypt({ key, oaepHash, padding }, Plaintext))
        for (const blob of [CiphertextBlob, offline]) {
          const { $metadata: _, ...opened } = await kms.decrypt({ KeyId, CiphertextBlob: blob, EncryptionAlgorithm })
          assert.deepStrictEqual(opened, { KeyId: arn, Plaintext, EncryptionAlgorithm })
        }
        assert.notDeepEqual(
          (await kms.encrypt({ KeyId, Plaintext, EncryptionAlgorithm })).CiphertextBlob,
          CiphertextBlob
        )
      }
      assert.strictEqual(
        await failure(kms.encrypt({ KeyId, Plaintext: new Uint8Array(most + 1), EncryptionAlgorithm, DryRun: true })),
        `ValidationException: Algorithm ${EncryptionAlgorithm} and key spec ${spec} cannot encrypt data larger than ${most} bytes.`
      )
    }
  })
})

it("the most that RSA encrypts is AWS's table", async () => {
  await using kms = await openKms()
  const table = { RSA_2048: [214, 190], RSA_3072: [342, 318], RSA_4096: [470, 446] }
  for (const [spec] of specs) {
    const { KeyId } = await createKey(kms, spec, "ENCRYPT_DECRYPT")
    for (const [at, EncryptionAlgorithm] of encryptions.entries()) {
      assert.include(
        await failure(kms.encrypt({ KeyId, Plaintext: new Uint8Array(4096), EncryptionAlgorithm })),
        ` cannot encrypt data larger than ${table[spec][at]} bytes.`
      )
    }
  }
})

describe("a ciphertext of an RSA key", () => {
  const EncryptionAlgorithm = "RSAES_OAEP_SHA_256"

  it("with any bit changed, cut, of another algorithm or key, does not open, and nothing says why", async () => {
    await using kms = await openKms()
    const { KeyId } = await createKey(kms, "RSA_2048", "ENCRYPT_DECRYPT")
    const other = await createKey(kms, "RSA_2048", "ENCRYPT_DECRYPT")
    const { CiphertextBlob = bytes("") } = await kms.encrypt({ KeyId, Plaintext: bytes("secret"), EncryptionAlgorithm })
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (at) => {
        const wrong = [
          { CiphertextBlob: flipped(CiphertextBlob, at) },
          { CiphertextBlob: CiphertextBlob.subarray(0, 1 + (at % 255)) },
          { CiphertextBlob: Uint8Array.of(0, ...CiphertextBlob) },
          { CiphertextBlob: Uint8Array.of(...CiphertextBlob, 0) },
          { CiphertextBlob, EncryptionAlgorithm: "RSAES_OAEP_SHA_1" as const },
          { CiphertextBlob, KeyId: other.KeyId }
        ]
        for (const more of wrong) {
          const input = { KeyId, EncryptionAlgorithm, ...more } as const
          assert.strictEqual(await failure(kms.decrypt(input)), "InvalidCiphertextException: ")
          assert.strictEqual(await failure(kms.decrypt({ ...input, DryRun: true })), "InvalidCiphertextException: ")
        }
      }),
      { numRuns: 10 }
    )
    assert.strictEqual(await failure(kms.decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm, DryRun: true })), dryRun)
  })

  it("needs its key named, and algorithms that fit, and has no encryption context", async () => {
    await using kms = await openKms()
    const { KeyId } = await createKey(kms, "RSA_2048", "ENCRYPT_DECRYPT")
    const { CiphertextBlob = bytes("") } = await kms.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionAlgorithm })
    assert.strictEqual(
      await failure(kms.decrypt({ CiphertextBlob, EncryptionAlgorithm })),
      "InvalidCiphertextException: "
    )
    const incompatible = (algorithm: string) =>
      `InvalidKeyUsageException: Algorithm ${algorithm} is incompatible with key spec RSA_2048.`
    // No algorithm is the symmetric one.
    assert.strictEqual(await failure(kms.decrypt({ KeyId, CiphertextBlob })), incompatible("SYMMETRIC_DEFAULT"))
    assert.strictEqual(await failure(kms.encrypt({ KeyId, Plaintext: bytes("x") })), incompatible("SYMMETRIC_DEFAULT"))
    assert.strictEqual(
      await failure(kms.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionAlgorithm: "SM2PKE" })),
      incompatible("SM2PKE")
    )
    const EncryptionContext = { a: "b" }
    const none =
      "ValidationException: An encryption context is for symmetric keys only: call without EncryptionContext."
    assert.strictEqual(
      await failure(kms.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionAlgorithm, EncryptionContext })),
      none
    )
    assert.strictEqual(
      await failure(kms.decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm, EncryptionContext })),
      none
    )
    for (const generate of [kms.generateDataKey, kms.generateDataKeyWithoutPlaintext]) {
      assert.strictEqual(await failure(generate({ KeyId, KeySpec: "AES_256" })), incompatible("SYMMETRIC_DEFAULT"))
    }
    for (const generate of [kms.generateDataKeyPair, kms.generateDataKeyPairWithoutPlaintext]) {
      assert.strictEqual(await failure(generate({ KeyId, KeyPairSpec: "RSA_2048" })), incompatible("SYMMETRIC_DEFAULT"))
    }
  })

  it("moves by ReEncrypt to and from every key that encrypts", async () => {
    await using kms = await openKms()
    const rsa = await createKey(kms, "RSA_2048", "ENCRYPT_DECRYPT")
    const { KeyMetadata } = await kms.createKey()
    const symmetric = { KeyId: KeyMetadata?.KeyId ?? "", arn: KeyMetadata?.Arn ?? "" }
    const material = KeyMetadata?.CurrentKeyMaterialId
    const ends = [
      { ...rsa, algorithm: "RSAES_OAEP_SHA_1", material: undefined },
      { ...rsa, algorithm: "RSAES_OAEP_SHA_256", material: undefined },
      { ...symmetric, algorithm: "SYMMETRIC_DEFAULT", material }
    ] as const
    for (const from of ends) {
      for (const to of ends) {
        const { CiphertextBlob } = await kms.encrypt({
          KeyId: from.KeyId,
          Plaintext: bytes("secret"),
          EncryptionAlgorithm: from.algorithm
        })
        const request = {
          SourceKeyId: from.KeyId,
          SourceEncryptionAlgorithm: from.algorithm,
          DestinationKeyId: to.KeyId,
          DestinationEncryptionAlgorithm: to.algorithm
        }
        const { $metadata: _, CiphertextBlob: moved, ...said } = await kms.reEncrypt({ ...request, CiphertextBlob })
        assert.deepStrictEqual(said, {
          SourceKeyId: from.arn,
          KeyId: to.arn,
          SourceEncryptionAlgorithm: from.algorithm,
          DestinationEncryptionAlgorithm: to.algorithm,
          ...(from.material === undefined ? {} : { SourceKeyMaterialId: from.material }),
          ...(to.material === undefined ? {} : { DestinationKeyMaterialId: to.material })
        })
        const opened = await kms.decrypt({ KeyId: to.KeyId, CiphertextBlob: moved, EncryptionAlgorithm: to.algorithm })
        assert.deepStrictEqual(opened.Plaintext, bytes("secret"))
        assert.strictEqual(await failure(kms.reEncrypt({ ...request, CiphertextBlob, DryRun: true })), dryRun)
      }
    }
    const { CiphertextBlob } = await kms.encrypt({ KeyId: symmetric.KeyId, Plaintext: new Uint8Array(191) })
    assert.strictEqual(
      await failure(kms.reEncrypt({
        CiphertextBlob,
        DestinationKeyId: rsa.KeyId,
        DestinationEncryptionAlgorithm: EncryptionAlgorithm
      })),
      "ValidationException: Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes."
    )
  })
})

const signings = [
  "RSASSA_PSS_SHA_256",
  "RSASSA_PSS_SHA_384",
  "RSASSA_PSS_SHA_512",
  "RSASSA_PKCS1_V1_5_SHA_256",
  "RSASSA_PKCS1_V1_5_SHA_384",
  "RSASSA_PKCS1_V1_5_SHA_512"
] as const

describe("signatures by RSA keys", () => {
  it.each(signings)("of %s are OpenSSL's both ways, of messages and digests, and no other's", async (algorithm) => {
    await using kms = await openKms()
    const { KeyId, arn } = await createKey(kms, "RSA_2048", "SIGN_VERIFY")
    const other = await createKey(kms, "RSA_2048", "SIGN_VERIFY")
    const publicKey = await publicKeyOf(kms, KeyId)
    const hash = `sha${algorithm.slice(-3)}`
    const length = Number(algorithm.slice(-3)) / 8
    const way = algorithm.includes("PSS")
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { padding: constants.RSA_PKCS1_PADDING }
    await fc.assert(
      fc.asyncProperty(messages, fc.nat(), async (message, at) => {
        const digest = Uint8Array.from(createHash(hash).update(message).digest())
        const raw = { KeyId, SigningAlgorithm: algorithm, Message: message }
        const digested = { ...raw, Message: digest, MessageType: "DIGEST" } as const
        for (const request of [raw, digested]) {
          const { $metadata: _, Signature = bytes(""), ...said } = await kms.sign(request)
          assert.deepStrictEqual(said, { KeyId: arn, SigningAlgorithm: algorithm })
          assert.isTrue(verify(hash, message, { key: publicKey, ...way }, Signature))
          for (const same of [raw, digested]) {
            const { $metadata: _, ...valid } = await kms.verify({ ...same, Signature })
            assert.deepStrictEqual(valid, { KeyId: arn, SignatureValid: true, SigningAlgorithm: algorithm })
          }
          const wrong = [
            { Signature: flipped(Signature, at) },
            { Signature: Signature.subarray(1) },
            { Signature: bytes("x") },
            { Signature, KeyId: other.KeyId },
            { Signature, Message: flipped(request.Message, at) }
          ]
          for (const more of wrong) {
            assert.strictEqual(await failure(kms.verify({ ...request, ...more })), "KMSInvalidSignatureException: ")
          }
        }
      }),
      { numRuns: 3 }
    )
    for (const wrong of [1, length - 1, length + 1]) {
      const input = {
        KeyId,
        SigningAlgorithm: algorithm,
        Message: new Uint8Array(wrong),
        MessageType: "DIGEST"
      } as const
      const invalid = `ValidationException: Digest is invalid length for algorithm ${algorithm}.`
      assert.strictEqual(await failure(kms.sign(input)), invalid)
      assert.strictEqual(await failure(kms.verify({ ...input, Signature: bytes("x") })), invalid)
    }
    assert.match(
      await failure(kms.sign({ KeyId, SigningAlgorithm: algorithm, Message: bytes("x"), MessageType: "EXTERNAL_MU" })),
      /^ValidationException: Algorithm \w+ does not sign messages of type EXTERNAL_MU: /
    )
  })
})

describe("an RSA key", () => {
  it("is for one thing, tells so, does not rotate, and a disabled one says that it is disabled", async () => {
    await using kms = await openKms()
    for (const [KeySpec] of specs) {
      const { KeyId, arn, metadata } = await createKey(kms, KeySpec, "SIGN_VERIFY")
      const said = {
        KeySpec,
        CustomerMasterKeySpec: KeySpec,
        KeyUsage: "SIGN_VERIFY" as const,
        SigningAlgorithms: [...signings]
      }
      const { $metadata: _, PublicKey: _publicKey, ...told } = await kms.getPublicKey({ KeyId })
      assert.deepStrictEqual(told, { KeyId: arn, ...said })
      assert.isTrue(isDeepStrictEqual({ ...metadata, ...said }, metadata))
      const usage = (operation: string) =>
        `InvalidKeyUsageException: ${arn} key usage is SIGN_VERIFY which is not valid for ${operation}.`
      const EncryptionAlgorithm = "RSAES_OAEP_SHA_256"
      assert.strictEqual(
        await failure(kms.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionAlgorithm })),
        usage("Encrypt")
      )
      const { KeyMetadata } = await kms.createKey({ KeySpec, KeyUsage: "ENCRYPT_DECRYPT" })
      assert.deepStrictEqual(KeyMetadata?.EncryptionAlgorithms, [...encryptions])
      assert.strictEqual(await failure(kms.rotateKeyOnDemand({ KeyId })), "UnsupportedOperationException: ")
      assert.strictEqual(
        await failure(kms.enableKeyRotation({ KeyId })),
        `UnsupportedOperationException: ${arn} key spec is ${KeySpec} which is not valid for this operation.`
      )
      await kms.disableKey({ KeyId })
      const disabled = `DisabledException: ${arn} is disabled.`
      assert.strictEqual(await failure(kms.rotateKeyOnDemand({ KeyId })), disabled)
      assert.strictEqual(await failure(kms.enableKeyRotation({ KeyId })), disabled)
      assert.strictEqual(
        await failure(kms.sign({ KeyId, Message: bytes("x"), SigningAlgorithm: signings[0] })),
        disabled
      )
    }
  })

  it("is not made for what RSA is not for", async () => {
    await using kms = await openKms()
    for (const KeyUsage of ["KEY_AGREEMENT", "GENERATE_VERIFY_MAC", "ENCAPSULATE_DECAPSULATE"] as const) {
      assert.strictEqual(
        await failure(kms.createKey({ KeySpec: "RSA_2048", KeyUsage })),
        `ValidationException: KeyUsage ${KeyUsage} is not compatible with KeySpec RSA_2048`
      )
    }
    assert.strictEqual(
      await failure(kms.createKey({ KeySpec: "RSA_2048" })),
      "ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
    )
  })
})

describe("an RSA data key pair", () => {
  it("is read by OpenSSL, in its one form, opens from its ciphertext, and is in no audit event", async () => {
    const events: Array<AuditEvent> = []
    await using kms = await openKms({ audit: (event) => void events.push(event) })
    const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
    for (const [KeyPairSpec, bits] of specs) {
      const EncryptionContext = { purpose: KeyPairSpec }
      const made = await kms.generateDataKeyPair({ KeyId, KeyPairSpec, EncryptionContext })
      const { PrivateKeyCiphertextBlob: CiphertextBlob, PrivateKeyPlaintext = bytes(""), PublicKey = bytes("") } = made
      const privateKey = createPrivateKey({ key: Buffer.from(PrivateKeyPlaintext), format: "der", type: "pkcs8" })
      const publicKey = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" })
      assert.strictEqual(privateKey.asymmetricKeyDetails?.modulusLength, bits)
      assert.deepStrictEqual(
        Uint8Array.from(privateKey.export({ format: "der", type: "pkcs8" })),
        Uint8Array.from(PrivateKeyPlaintext)
      )
      assert.isTrue(verify("sha256", bytes("x"), publicKey, sign("sha256", bytes("x"), privateKey)))
      assert.deepStrictEqual((await kms.decrypt({ CiphertextBlob, EncryptionContext })).Plaintext, PrivateKeyPlaintext)
      const secret = Buffer.from(PrivateKeyPlaintext).toString("base64").slice(64, 128)
      assert.isFalse(JSON.stringify(events).includes(secret))
    }
    const hidden = await kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec: "RSA_2048" })
    assert.notProperty(hidden, "PrivateKeyPlaintext")
    const { Plaintext = bytes("") } = await kms.decrypt({ CiphertextBlob: hidden.PrivateKeyCiphertextBlob })
    const privateKey = createPrivateKey({ key: Buffer.from(Plaintext), format: "der", type: "pkcs8" })
    const publicKey = createPublicKey({ key: Buffer.from(hidden.PublicKey ?? []), format: "der", type: "spki" })
    assert.isTrue(verify("sha256", bytes("x"), publicKey, sign("sha256", bytes("x"), privateKey)))
  })
})
