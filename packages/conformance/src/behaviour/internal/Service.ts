/** What a service owes beside its keys: errors that say what and tell nothing, audit events, durability, imports, streams. */
import * as Base64 from "effect/encoding/Base64"
import { bytes, type Check, ensure, ensureSame, given, type Refusal, refused } from "../Check.ts"
import type { Client, Target } from "../Target.ts"
import { newKey, spoiled } from "./Making.ts"

const missing: Check = {
  name: "what is not there is not found, and what is not valid says why",
  run: async ({ account, client, region }) => {
    const KeyId = "00000000-0000-4000-8000-000000000000"
    const absent = await refused(client.describeKey({ KeyId }), "NotFoundException", "A key that is not there")
    ensureSame(absent.message, `Key 'arn:aws:kms:${region}:${account}:key/${KeyId}' does not exist`, "The message")
    const bad = await refused(client.describeKey({ KeyId: "x" }), "NotFoundException", "A malformed key id")
    ensureSame(bad.message, "Invalid keyId 'x'", "The message")
    const input = { KeyId: "", Plaintext: bytes("x") }
    const { message } = await refused(client.encrypt(input), "ValidationException", "An empty KeyId")
    ensure(message.includes("at 'keyId' failed to satisfy constraint"), `The message is ${message}`)
    await refused(client.listKeys({ Marker: "none" }), "InvalidMarkerException", "A marker of nobody")
  }
}

const secret = "a secret of its caller"

const refusals = async (client: Client): Promise<ReadonlyArray<Refusal>> => {
  const KeyId = await newKey(client)
  const signing = await newKey(client, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" })
  const Plaintext = bytes(secret)
  const long = bytes(secret.repeat(300))
  const EncryptionContext = { purpose: "suite" }
  const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext, EncryptionContext })
  const blob = given(CiphertextBlob, "CiphertextBlob")
  return [
    await refused(client.encrypt({ KeyId, Plaintext: long }), "ValidationException", "A long plaintext"),
    await refused(client.encrypt({ KeyId: signing, Plaintext }), "InvalidKeyUsageException", "A signing key"),
    await refused(client.encrypt({ KeyId, Plaintext, DryRun: true }), "DryRunOperationException", "A dry run"),
    await refused(
      client.decrypt({ CiphertextBlob: spoiled(blob), KeyId }),
      "InvalidCiphertextException",
      "A changed one"
    ),
    await refused(
      client.createCustomKeyStore({
        CustomKeyStoreName: "x",
        CustomKeyStoreType: "EXTERNAL_KEY_STORE",
        XksProxyAuthenticationCredential: { AccessKeyId: "x", RawSecretAccessKey: secret }
      }),
      "ValidationException",
      "A custom key store of too little"
    )
  ]
}

const silence: Check = {
  name: "no error tells a secret",
  run: async ({ client }) => {
    const hidden = [secret, Base64.encode(bytes(secret)).slice(0, -4), bytes(secret).join(",")]
    for (const { message, name } of await refusals(client)) {
      ensure(!hidden.some((form) => message.includes(form)), `${name} tells the plaintext`)
    }
  }
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const auditing: Check = {
  name: "each call makes one audit event, refused ones too, and none with plaintext",
  run: async ({ client, events }) => {
    if (events === undefined) return
    const before = (await events()).length
    const KeyId = await newKey(client)
    await client.encrypt({ KeyId, Plaintext: bytes(secret) })
    await refused(client.describeKey({ KeyId: "x" }), "NotFoundException", "DescribeKey")
    const made = (await events()).slice(before)
    const told = made.map((event) => [memberOf(event, "eventName"), memberOf(event, "errorCode") ?? ""])
    ensureSame(told, [["CreateKey", ""], ["Encrypt", ""], ["DescribeKey", "NotFoundException"]], "The events")
    ensure(!JSON.stringify(made).includes(secret), "An event tells the plaintext")
  }
}

const racing: Check = {
  name: "of many who make the same alias one succeeds",
  run: async ({ client }) => {
    const TargetKeyId = await newKey(client)
    const AliasName = `alias/race-${TargetKeyId}`
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => client.createAlias({ AliasName, TargetKeyId }))
    )
    ensureSame(outcomes.filter(({ status }) => status === "fulfilled").length, 1, "The number of those who succeeded")
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        await refused(Promise.reject(outcome.reason), "AlreadyExistsException", "CreateAlias")
      }
    }
  }
}

const durability: Check = {
  name: "what was acknowledged is there when the service is opened again",
  feature: "durable",
  run: async ({ client, reopen }) => {
    const KeyId = await newKey(client, { Description: "kept" })
    await client.createAlias({ AliasName: `alias/kept-${KeyId}`, TargetKeyId: KeyId })
    const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext: bytes("kept") })
    await client.rotateKeyOnDemand({ KeyId })
    const again = await given(reopen, "A way to open the service again")()
    const { KeyMetadata } = await again.describeKey({ KeyId: `alias/kept-${KeyId}` })
    ensureSame([KeyMetadata?.KeyId, KeyMetadata?.Description], [KeyId, "kept"], "The key")
    ensureSame((await again.decrypt({ CiphertextBlob })).Plaintext, bytes("kept"), "The plaintext")
    ensureSame((await again.listKeyRotations({ KeyId })).Rotations?.length, 1, "The number of rotations")
  }
}

const parameters = async (client: Client, KeyId: string) =>
  await client.getParametersForImport({ KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" })

const imports: Check = {
  name: "imported key material is used, can be deleted, and comes back alone",
  feature: "imports",
  run: async ({ client, wrap }) => {
    if (wrap === undefined) return
    const KeyId = await newKey(client, { Origin: "EXTERNAL" })
    const material = Uint8Array.from({ length: 32 }, (_, at) => at * 5 + 1)
    const importing = async (from: Uint8Array) => {
      const { ImportToken, PublicKey } = await parameters(client, KeyId)
      const EncryptedKeyMaterial = await wrap(given(PublicKey, "PublicKey"), from)
      const token = given(ImportToken, "ImportToken")
      const ExpirationModel = "KEY_MATERIAL_DOES_NOT_EXPIRE"
      return await client.importKeyMaterial({ KeyId, ImportToken: token, EncryptedKeyMaterial, ExpirationModel })
    }
    const input = { KeyId, Plaintext: bytes("x") }
    await refused(client.encrypt(input), "KMSInvalidStateException", "Encrypt before the import")
    await importing(material)
    const { CiphertextBlob } = await client.encrypt(input)
    await client.deleteImportedKeyMaterial({ KeyId })
    await refused(client.decrypt({ CiphertextBlob }), "KMSInvalidStateException", "Decrypt without material")
    await refused(importing(spoiled(material)), "IncorrectKeyMaterialException", "The import of other material")
    await importing(material)
    ensureSame((await client.decrypt({ CiphertextBlob })).Plaintext, bytes("x"), "The plaintext")
  },
  refused: async ({ client }) => await parameters(client, await newKey(client, { Origin: "EXTERNAL" }))
}

const absentParts: ReadonlyArray<Check> = [
  {
    name: "replies can be for an attested enclave alone",
    feature: "attestation",
    run: () => Promise.resolve(),
    refused: ({ client }) =>
      client.generateRandom({
        NumberOfBytes: 8,
        Recipient: { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: new Uint8Array(8) }
      })
  },
  {
    name: "keys can be in an external key manager",
    feature: "externalKeyStores",
    run: () => Promise.resolve(),
    refused: ({ client }) =>
      client.createCustomKeyStore({
        CustomKeyStoreName: "suite",
        CustomKeyStoreType: "EXTERNAL_KEY_STORE",
        XksProxyConnectivity: "PUBLIC_ENDPOINT",
        XksProxyUriEndpoint: "https://xks.example.org",
        XksProxyUriPath: "/kms/xks/v1",
        XksProxyAuthenticationCredential: {
          AccessKeyId: "ABCDEFGHIJ234567ABCD",
          RawSecretAccessKey: "c2VjcmV0IG9mIHRoZSBwcm94eSwgMzIgYnl0ZXMgbG9uZyE="
        }
      })
  }
]

const pieces = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const cut: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length; at += 10_007) cut.push(bytes.subarray(at, at + 10_007))
  return cut
}

const streaming: Check = {
  name: "streams seal data of any size, and open it whole or fail",
  run: async (target: Target) => {
    const { client, streams } = target
    if (streams === undefined) return
    const KeyId = await newKey(client)
    for (const length of [0, 1, 4096, 100_000]) {
      const plaintext = Uint8Array.from({ length }, (_, at) => at * 31)
      const message = await streams.seal({ KeyId, EncryptionContext: { a: "1" } }, pieces(plaintext))
      ensureSame(await streams.open(pieces(message)), plaintext, `A plaintext of ${length} bytes`)
      for (const changed of [spoiled(message), message.subarray(0, -1)]) {
        const failed = await streams.open(pieces(changed)).then(() => false, () => true)
        ensure(failed, `A changed or cut message of ${length} bytes was opened`)
      }
    }
  }
}

/** The checks; the last one closes the service. */
export const serviceChecks: ReadonlyArray<Check> = [
  missing,
  silence,
  auditing,
  racing,
  imports,
  ...absentParts,
  streaming,
  durability
]
