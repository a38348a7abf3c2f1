/**
 * The vectors of docs/formats.md: what Keystead writes for inputs that are told, with seeded randomness. Ciphertexts,
 * wrapped material, codes of records, root keys, canonical JSON and canonical encryption contexts.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { canonicalJson } from "../../src/crypto/CanonicalJson.ts"
import * as DerivedRootKey from "../../src/crypto/DerivedRootKey.ts"
import * as GrantToken from "../../src/crypto/GrantToken.ts"
import * as KeyMaterials from "../../src/crypto/KeyMaterials.ts"
import * as Noble from "../../src/crypto/Noble.ts"
import * as RecordSeal from "../../src/crypto/RecordSeal.ts"
import { RootKey } from "../../src/crypto/RootKey.ts"
import * as UnderKey from "../../src/crypto/UnderKey.ts"
import * as EncryptionContext from "../../src/domain/EncryptionContext.ts"
import { type GrantRecord, recordId } from "../../src/domain/GrantRecord.ts"
import type { KeyRecord } from "../../src/domain/KeyRecord.ts"
import * as Carried from "../../src/groups/Carried.ts"
import { idOfName } from "../../src/interpreter/Grants.ts"
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
    grants: yield* Effect.provideContext(Effect.forEach(grants, (grant) => grantVector(grant, given)), context)
  }
}, Effect.scoped)
