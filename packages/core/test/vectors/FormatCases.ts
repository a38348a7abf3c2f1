/**
 * The vectors of docs/formats.md: what Keystead writes for inputs that are told, with seeded randomness. Ciphertexts,
 * wrapped material, codes of records, root keys, canonical JSON and canonical encryption contexts.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { createCipheriv } from "node:crypto"
import { defaultKeyPolicy } from "../../src/authorization/KeyPolicy.ts"
import { parseKeyPolicy } from "../../src/authorization/Policy.ts"
import { canonicalJson } from "../../src/crypto/CanonicalJson.ts"
import * as DerivedRootKey from "../../src/crypto/DerivedRootKey.ts"
import * as GrantToken from "../../src/crypto/GrantToken.ts"
import * as KeyMaterials from "../../src/crypto/KeyMaterials.ts"
import * as Noble from "../../src/crypto/Noble.ts"
import * as RecordSeal from "../../src/crypto/RecordSeal.ts"
import { RootKey } from "../../src/crypto/RootKey.ts"
import * as UnderKey from "../../src/crypto/UnderKey.ts"
import * as Credential from "../../src/custom-stores/Credential.ts"
import { externalKeys } from "../../src/custom-stores/ExternalKeys.ts"
import { KeyStoreFailure, KeyStoreProvider, type Provider } from "../../src/custom-stores/KeyStoreProvider.ts"
import { recordId as storeRecordId, type StoreRecord } from "../../src/custom-stores/StoreRecord.ts"
import * as EncryptionContext from "../../src/domain/EncryptionContext.ts"
import { type GrantRecord, recordId } from "../../src/domain/GrantRecord.ts"
import type { KeyRecord } from "../../src/domain/KeyRecord.ts"
import { defaultLimits } from "../../src/domain/Limits.ts"
import * as Carried from "../../src/groups/Carried.ts"
import { idOfName } from "../../src/interpreter/Grants.ts"
import * as Records from "../../src/interpreter/Records.ts"
import { Storage } from "../../src/storage/Storage.ts"
import type { Json } from "../../src/storage/Storage.ts"

/** Pairs in an order of their own: an object could not say it. */
export type Pairs = ReadonlyArray<readonly [key: string, value: string]>

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const contexts: ReadonlyArray<Pairs> = [
  [],
  [["department", "pay"]],
  [["b", "2"], ["a", "1"], ["", ""], ["B", "3"]],
  [["\uffff", "last of the plane"], ["\u{10000}", "sorted by UTF-8"], ["é", "ü"], [
    "__proto__",
    "a key like any other"
  ]],
  [["k", "v".repeat(300)]]
]

const jsonValues: ReadonlyArray<Json> = [
  null,
  [true, false, 0, -1, 1.5, 1e21, "é\"\\\n\u2028"],
  { b: 1, a: { d: [], c: {} }, B: "", "\u{10000}": 1, "\uffff": 2, "": 3 },
  ["1", { "10": 1, "9": 2 }]
]

const owners = [
  { account: "111122223333", region: "eu-west-1", keyId: "1234abcd-12ab-34cd-56ef-1234567890ab" },
  { account: "444455556666", region: "us-gov-west-1", keyId: "00000000-0000-4000-8000-000000000000" }
] as const

const rootKeySecret = Uint8Array.from({ length: 32 }, (_, index) => 0xa0 + index)

const plaintexts = [
  new Uint8Array(1),
  new TextEncoder().encode("a secret of thirty-two bytes, ok"),
  Uint8Array.from({ length: 100 }, (_, index) => index)
]

/** Random bytes in the order in which they were asked for: all of them are told in the vectors. */
const counted = () => {
  const given: Array<Uint8Array> = []
  let calls = 0
  const random: Noble.RandomSource = (length) => {
    const call = ++calls
    const bytes = Uint8Array.from({ length }, (_, index) => (call * 37 + index * 11) & 0xff)
    given.push(bytes.slice())
    return bytes
  }
  return { given, random }
}

const record = (owner: KeyMaterials.Owner, materials: KeyRecord["materials"]): KeyRecord => ({
  ...owner,
  keySpec: "SYMMETRIC_DEFAULT",
  keyUsage: "ENCRYPT_DECRYPT",
  origin: "AWS_KMS",
  keyManager: "CUSTOMER",
  created: 1_700_000_000_000,
  description: "Größe",
  state: "Enabled",
  policy: "{}",
  tags: [{ TagKey: "a", TagValue: "b" }],
  aliases: ["alias/a"],
  materials,
  automaticRotation: { periodInDays: 365, next: 1_731_536_000_000 }
})

const storeId = "cks-1234567890abcdef0"
const storePlace = { account: "111122223333", region: "eu-west-1" }

/** Its key materials are ready for the one version of blobs or for the other. */
const externalOwner = { ...storePlace, keyId: "abcdef01-2345-4678-8abc-def012345678" }

const externalSecret = Uint8Array.from({ length: 32 }, (_, index) => 0x40 + index)

/** A key manager with one key, an initialization vector of its own, and metadata that it does not authenticate. */
const keyManager = (iv: Uint8Array, metadata: Uint8Array): Provider => {
  const no = () => Effect.fail(new KeyStoreFailure({ reason: "Unsupported" }))
  return {
    health: no,
    describeKey: no,
    decrypt: no,
    encrypt: (_connection, _keyId, plaintext, aad) =>
      Effect.sync(() => {
        const cipher = createCipheriv("aes-256-gcm", externalSecret, iv).setAAD(aad)
        const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
        return { ciphertext, iv, tag: cipher.getAuthTag(), metadata }
      })
  }
}

/** Ciphertexts of version 2, under a key whose custom key store is the only record of the store. */
const externalCiphertexts = Effect.fnUntraced(function*(key: KeyRecord, given: Array<Uint8Array>) {
  const secretAccessKey = "c2VjcmV0IG9mIHRoZSBwcm94eSwgMzIgYnl0ZXMgbG9uZyE="
  given.length = 0
  const wrappedSecret = yield* Credential.wrap(storePlace, storeId, secretAccessKey)
  const [nonce = new Uint8Array()] = given
  const store: StoreRecord = {
    ...storePlace,
    id: storeId,
    name: "store",
    created: 1_700_000_000_000,
    connection: "CONNECTED",
    endpoint: "https://xks.example.org",
    path: "/kms/xks/v1",
    accessKeyId: "ABCDEFGHIJ234567ABCD",
    wrappedSecret
  }
  const id = storeRecordId(storePlace, storeId)
  const value = yield* RecordSeal.seal(id, store)
  const storage = Storage.of({
    read: (ids) => Effect.succeed(new Map(ids.map((one) => [one, { id: one, version: "1", value }]))),
    scan: () => Effect.succeed([]),
    commit: () => Effect.void
  })
  const records = yield* Effect.provideService(Records.make, Storage, storage)
  const asked = {
    account: storePlace.account,
    region: storePlace.region,
    caller: { principal: "arn:aws:iam::111122223333:root" },
    requestId: "",
    now: 0,
    limits: defaultLimits
  }
  const placed: KeyRecord = {
    ...key,
    origin: "EXTERNAL_KEY_STORE",
    externalKey: { store: storeId, id: "key-1" }
  }
  const policy = Result.getOrThrow(parseKeyPolicy(defaultKeyPolicy(key.account)))
  const external = yield* externalKeys.lend(records, asked, { record: placed, version: "1", arn: "", policy })
  const made: Array<object> = []
  for (const [index, plaintext] of plaintexts.entries()) {
    const pairs = contexts[index] ?? []
    const iv = Uint8Array.from({ length: index === 1 ? 16 : 12 }, (_, at) => 0x10 + at)
    const metadata = new TextEncoder().encode(["", "version=1", "x".repeat(20)][index])
    given.length = 0
    const how = { algorithm: undefined, context: Object.fromEntries(pairs), operation: "Encrypt" }
    const sealed = yield* Effect.provideService(
      UnderKey.encrypt({ record: placed, external }, how, plaintext),
      KeyStoreProvider,
      keyManager(iv, metadata)
    )
    const [salt = new Uint8Array()] = given
    made.push({
      salt: hex(salt),
      iv: hex(iv),
      metadata: hex(metadata),
      context: pairs,
      plaintext: hex(plaintext),
      blob: hex(sealed.blob)
    })
  }
  return {
    credential: { record: id, secretAccessKey, nonce: hex(nonce), wrappedSecret },
    owner: { account: key.account, keyId: key.keyId },
    externalKey: hex(externalSecret),
    ciphertexts: made
  }
})

const externalVectors = Effect.fnUntraced(function*(given: Array<Uint8Array>) {
  given.length = 0
  const wrapped = yield* (yield* KeyMaterials.KeyMaterials).create(externalOwner)
  const [material = new Uint8Array()] = given
  const made = yield* externalCiphertexts(record(externalOwner, [wrapped]), given)
  return { material: hex(material), ...made }
})

interface Made {
  readonly owner: KeyMaterials.Owner
  readonly material: string
  readonly nonce: string
  readonly id: string
  readonly wrapped: string
}

/** Everything, as JSON. */
const grants: ReadonlyArray<GrantRecord> = [
  {
    ...owners[0],
    grantId: "0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60",
    name: "pay/1",
    created: 1,
    issuer: "444455556666",
    grantee: "arn:aws:iam::111122223333:role/ExampleRole",
    retiring: "dynamodb.amazonaws.com",
    operations: ["Encrypt", "Decrypt"],
    constraints: { subset: { b: "2", a: "1" }, sourceArn: "arn:aws:s3:::bucket/name" }
  },
  {
    ...owners[1],
    grantId: "0".repeat(64),
    name: "n",
    created: 2,
    issuer: "444455556666",
    grantee: "arn:aws:iam::111122223333:root",
    operations: ["CreateGrant"],
    constraints: { equals: { "\uffff": "\u{10000}" } }
  }
]

/** What belongs to a grant beside its record: the id that its name and parameters lead to, and a token. */
const grantVector = Effect.fnUntraced(function*(grant: GrantRecord, given: Array<Uint8Array>) {
  const id = recordId(grant, grant.grantId)
  given.length = 0
  const token = yield* GrantToken.make(id)
  return { grant, id, named: yield* idOfName(grant), salt: hex(given[0] ?? new Uint8Array()), token }
})

export const formatVectors = Effect.fnUntraced(function*() {
  const { given, random } = counted()
  const context = yield* Layer.build(
    KeyMaterials.layer().pipe(
      Layer.provideMerge(Layer.effect(RootKey, Effect.suspend(() => DerivedRootKey.make(rootKeySecret)))),
      Layer.provideMerge(Noble.layer(random)),
      Layer.merge(Layer.succeed(Carried.Carried, Carried.of([], [])))
    )
  )
  const materials = Context.get(context, KeyMaterials.KeyMaterials)
  const rootKey = Context.get(context, RootKey)
  const made: Array<Made> = []
  const ciphertexts: Array<object> = []
  for (const owner of owners) {
    given.length = 0
    const wrapped = yield* materials.create(owner)
    const [material = new Uint8Array(), nonce = new Uint8Array()] = given
    made.push({ owner, material: hex(material), nonce: hex(nonce), ...wrapped })
    for (const plaintext of plaintexts) {
      for (const pairs of contexts.slice(0, 3)) {
        given.length = 0
        const how = { algorithm: undefined, context: Object.fromEntries(pairs), operation: "Encrypt" }
        const key = record(owner, [wrapped])
        const sealed = yield* Effect.provideContext(UnderKey.encrypt({ record: key }, how, plaintext), context)
        const [salt = new Uint8Array()] = given
        ciphertexts.push({
          owner,
          material: hex(material),
          salt: hex(salt),
          context: pairs,
          plaintext: hex(plaintext),
          blob: hex(sealed.blob)
        })
      }
    }
  }
  const contents: ReadonlyArray<readonly [string, Json]> = [
    ...made.map(({ id, owner, wrapped }): readonly [string, Json] => [
      `key/${owner.account}/${owner.region}/${owner.keyId}`,
      record(owner, [{ id, wrapped }])
    ]),
    ["count/111122223333/eu-west-1", 3],
    ["due/2024-11-13T22:13:20.000Z/111122223333/eu-west-1/1234abcd-12ab-34cd-56ef-1234567890ab", {}],
    ["an id \"with\" quotes, \u{1f511} and\nlines", null]
  ]
  const records: Array<object> = []
  for (const [id, content] of contents) {
    const stored = yield* Effect.provideService(RecordSeal.seal(id, content), RootKey, rootKey)
    records.push({ id, stored })
  }
  return {
    about:
      "What docs/formats.md describes. Bytes are hexadecimal, except in stored records, which are as they are stored.",
    encryptionContexts: contexts.map((pairs) => ({
      pairs,
      serialized: hex(Result.getOrThrow(EncryptionContext.serialize(Object.fromEntries(pairs))))
    })),
    canonicalJson: jsonValues.map((value) => ({ value, text: canonicalJson(value) })),
    rootKey: {
      secret: hex(rootKeySecret),
      check: hex(yield* rootKey.mac(new TextEncoder().encode("Keystead root key 1 check")))
    },
    materials: made,
    records,
    ciphertexts,
    grants: yield* Effect.provideContext(Effect.forEach(grants, (grant) => grantVector(grant, given)), context),
    external: yield* Effect.provideContext(externalVectors(given), context)
  }
}, Effect.scoped)
