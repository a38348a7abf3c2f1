/** Encryption under a symmetric key, its context, data keys, rotation. */
import { bytes, type Check, ensure, ensureSame, given, refused } from "../Check.ts"
import { arnOf, newKey, spoiled } from "./Making.ts"

const EncryptionContext = { purpose: "suite", "zürich 🚋": "ä", "": "empty" }

const roundTrip: Check = {
  name: "decryption undoes encryption, of every length that is allowed, and of no other",
  run: async ({ client, ...target }) => {
    const KeyId = await newKey(client)
    for (const length of [1, 15, 16, 17, 1023, 1024, 4096]) {
      const Plaintext = Uint8Array.from({ length }, (_, at) => at * 7)
      const { CiphertextBlob, KeyId: by } = await client.encrypt({ KeyId, Plaintext, EncryptionContext })
      ensureSame(by, arnOf(target, KeyId), "Encrypt's KeyId")
      const opened = await client.decrypt({ CiphertextBlob, EncryptionContext })
      ensureSame(opened.Plaintext, Plaintext, `A plaintext of ${length} bytes`)
      ensureSame(opened.KeyId, arnOf(target, KeyId), "Decrypt's KeyId")
    }
    for (const length of [0, 4097]) {
      const Plaintext = new Uint8Array(length)
      await refused(client.encrypt({ KeyId, Plaintext }), "ValidationException", `Encrypting ${length} bytes`)
    }
  }
}

const binding: Check = {
  name: "a ciphertext opens whole, with its context and by its key alone",
  run: async ({ client }) => {
    const [KeyId, other] = [await newKey(client), await newKey(client)]
    const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionContext })
    const blob = given(CiphertextBlob, "CiphertextBlob")
    const wrong = [{}, { ...EncryptionContext, more: "" }, { ...EncryptionContext, purpose: "Suite" }]
    for (const context of wrong) {
      const call = client.decrypt({ CiphertextBlob: blob, EncryptionContext: context })
      const { message } = await refused(call, "InvalidCiphertextException", "Another context")
      ensureSame(message, "", "The message")
    }
    // Contexts are not told apart by what their parts make when put together.
    const joined = await client.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionContext: { ab: "c" } })
    await refused(
      client.decrypt({ CiphertextBlob: joined.CiphertextBlob, EncryptionContext: { a: "bc" } }),
      "InvalidCiphertextException",
      "A context with the same letters"
    )
    for (const changed of [blob.slice(0, -1), blob.with(blob.length - 1, (blob.at(-1) ?? 0) ^ 0x80)]) {
      const call = client.decrypt({ CiphertextBlob: changed, EncryptionContext, KeyId })
      await refused(call, "InvalidCiphertextException", "A changed ciphertext")
    }
    const call = client.decrypt({ CiphertextBlob: blob, EncryptionContext, KeyId: other })
    await refused(call, "IncorrectKeyException", "Another key")
  }
}

const reEncryption: Check = {
  name: "ReEncrypt moves a ciphertext to another key and context",
  run: async ({ client, ...target }) => {
    const [KeyId, DestinationKeyId] = [await newKey(client), await newKey(client)]
    const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext: bytes("moved"), EncryptionContext })
    const moved = await client.reEncrypt({
      CiphertextBlob,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId,
      DestinationEncryptionContext: { now: "other" }
    })
    ensureSame([moved.SourceKeyId, moved.KeyId], [arnOf(target, KeyId), arnOf(target, DestinationKeyId)], "The keys")
    const opened = await client.decrypt({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { now: "other" } })
    ensureSame(opened.Plaintext, bytes("moved"), "The plaintext")
  }
}

const dataKeys: Check = {
  name: "data keys come in clear and encrypted, or encrypted only, and are new each time",
  run: async ({ client }) => {
    const KeyId = await newKey(client)
    const one = await client.generateDataKey({ KeyId, KeySpec: "AES_256", EncryptionContext })
    const other = await client.generateDataKey({ KeyId, NumberOfBytes: 64 })
    ensureSame([one.Plaintext?.length, other.Plaintext?.length], [32, 64], "The lengths")
    const { Plaintext } = await client.decrypt({ CiphertextBlob: one.CiphertextBlob, EncryptionContext })
    ensureSame(Plaintext, one.Plaintext, "The decrypted data key")
    const again = await client.generateDataKey({ KeyId, KeySpec: "AES_256", EncryptionContext })
    ensure(String(again.Plaintext) !== String(one.Plaintext), "The same data key came twice")
    const blind = await client.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: "AES_128" })
    ensure(!("Plaintext" in blind), "It came in clear")
    const opened = await client.decrypt({ CiphertextBlob: blind.CiphertextBlob })
    ensureSame(opened.Plaintext?.length, 16, "Its length")
    await refused(client.generateDataKey({ KeyId }), "ValidationException", "A data key of no size")
    const { Plaintext: random } = await client.generateRandom({ NumberOfBytes: 1024 })
    ensureSame(random?.length, 1024, "The number of random bytes")
  }
}

const rotation: Check = {
  name: "what was encrypted before a rotation is decrypted after it",
  run: async ({ client }) => {
    const KeyId = await newKey(client)
    const before = await client.encrypt({ KeyId, Plaintext: bytes("before") })
    await client.rotateKeyOnDemand({ KeyId })
    const after = await client.encrypt({ KeyId, Plaintext: bytes("after") })
    const opened = await client.decrypt({ CiphertextBlob: before.CiphertextBlob })
    ensureSame(opened.Plaintext, bytes("before"), "The plaintext")
    const { KeyMaterialId } = await client.decrypt({ CiphertextBlob: after.CiphertextBlob })
    ensure(KeyMaterialId !== opened.KeyMaterialId, "The key material is the same after the rotation")
    ensureSame((await client.listKeyRotations({ KeyId })).Rotations?.[0]?.RotationType, "ON_DEMAND", "The rotation")
    await client.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
    const { KeyRotationEnabled, RotationPeriodInDays } = await client.getKeyRotationStatus({ KeyId })
    ensureSame([KeyRotationEnabled, RotationPeriodInDays], [true, 90], "The automatic rotation")
    await client.disableKeyRotation({ KeyId })
    ensureSame((await client.getKeyRotationStatus({ KeyId })).KeyRotationEnabled, false, "It afterwards")
  }
}

const dryRuns: Check = {
  name: "a dry run says whether it would have succeeded, and does nothing",
  run: async ({ client }) => {
    const KeyId = await newKey(client)
    const input = { KeyId, Plaintext: bytes("x"), DryRun: true }
    const { message } = await refused(client.encrypt(input), "DryRunOperationException", "A dry run")
    ensureSame(message, "The request would have succeeded, but the DryRun option is set.", "The message")
    await client.disableKey({ KeyId })
    await refused(client.encrypt(input), "DisabledException", "A dry run with a disabled key")
  }
}

const many: Check = {
  name: "many at once each get what is theirs",
  run: async ({ client }) => {
    const keys = await Promise.all(Array.from({ length: 4 }, () => newKey(client)))
    await Promise.all(Array.from({ length: 40 }, async (_, at) => {
      const KeyId = given(keys[at % keys.length], "A key")
      const Plaintext = bytes(`of ${at}`)
      const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext })
      ensureSame((await client.decrypt({ CiphertextBlob })).Plaintext, Plaintext, `The plaintext of ${at}`)
      await refused(
        client.decrypt({ CiphertextBlob: spoiled(given(CiphertextBlob, "It")), KeyId }),
        "InvalidCiphertextException",
        "A changed one"
      )
    }))
  }
}

/** The checks. */
export const encryptionChecks: ReadonlyArray<Check> = [
  roundTrip,
  binding,
  reEncryption,
  dataKeys,
  rotation,
  dryRuns,
  many
]
