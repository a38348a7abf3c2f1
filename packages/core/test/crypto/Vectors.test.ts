/**
 * The vectors of docs/formats.md, computed a second time, from that page and with node:crypto alone: nothing of
 * Keystead's takes part in what is expected here.
 */
import { assert, describe, it } from "@effect/vitest"
import * as CiphertextBlob from "@keystead/core/crypto/CiphertextBlob"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as KeyMaterials from "@keystead/core/crypto/KeyMaterials"
import * as Noble from "@keystead/core/crypto/Noble"
import * as RecordSeal from "@keystead/core/crypto/RecordSeal"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as UnderKey from "@keystead/core/crypto/UnderKey"
import * as Carried from "@keystead/core/groups/Carried"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createCipheriv, createHash, createHmac } from "node:crypto"
import { readFileSync } from "node:fs"
import { formatVectors } from "../vectors/FormatCases.ts"

type Pairs = ReadonlyArray<readonly [string, string]>

interface Owner {
  readonly account: string
  readonly region: string
  readonly keyId: string
}

interface Vectors {
  readonly encryptionContexts: ReadonlyArray<{ readonly pairs: Pairs; readonly serialized: string }>
  readonly canonicalJson: ReadonlyArray<{ readonly value: unknown; readonly text: string }>
  readonly rootKey: { readonly secret: string; readonly check: string }
  readonly materials: ReadonlyArray<{
    readonly owner: Owner
    readonly material: string
    readonly nonce: string
    readonly id: string
    readonly wrapped: string
  }>
  readonly records: ReadonlyArray<
    { readonly id: string; readonly stored: { readonly content: unknown; readonly mac: string } }
  >
  readonly ciphertexts: ReadonlyArray<{
    readonly owner: Owner
    readonly material: string
    readonly salt: string
    readonly context: Pairs
    readonly plaintext: string
    readonly blob: string
  }>
  readonly grants: ReadonlyArray<{
    readonly grant: Readonly<Record<string, unknown>>
    readonly id: string
    readonly named: string
    readonly salt: string
    readonly token: string
  }>
  readonly external: {
    readonly material: string
    readonly credential: {
      readonly record: string
      readonly secretAccessKey: string
      readonly nonce: string
      readonly wrappedSecret: string
    }
    readonly owner: { readonly account: string; readonly keyId: string }
    readonly externalKey: string
    readonly ciphertexts: ReadonlyArray<{
      readonly salt: string
      readonly iv: string
      readonly metadata: string
      readonly context: Pairs
      readonly plaintext: string
      readonly blob: string
    }>
  }
}

const text = readFileSync(new URL("../vectors/formats.json", import.meta.url), "utf8")
const vectors: Vectors = JSON.parse(text)

const hex = (digits: string) => Buffer.from(digits, "hex")
const uint16 = (value: number) => Buffer.from([value >> 8, value & 0xff])
const uint32 = (value: number) => Buffer.from([0, 0, value >> 8, value & 0xff])

/** NIST SP 800-108r1, counter mode, HMAC-SHA-256, 32-bit counter first. */
const kdf = (key: Buffer, fixedInput: Buffer, length: number): Buffer => {
  const blocks = Array.from(
    { length: Math.ceil(length / 32) },
    (_, index) => createHmac("sha256", key).update(uint32(index + 1)).update(fixedInput).digest()
  )
  return Buffer.concat(blocks).subarray(0, length)
}

/** HKDF (RFC 5869) with SHA-512, no salt, one block of output. */
const hkdf = (secret: Buffer, info: string): Buffer => {
  const extracted = createHmac("sha512", Buffer.alloc(64)).update(secret).digest()
  return createHmac("sha512", extracted).update(info).update(Buffer.of(1)).digest().subarray(0, 32)
}

const gcm = (key: Buffer, nonce: Buffer, aad: Buffer, plaintext: Buffer): Buffer => {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad)
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

const serialized = (pairs: Pairs): Buffer => {
  if (pairs.length === 0) return Buffer.alloc(0)
  const sorted = pairs.map((pair) => pair.map((one) => Buffer.from(one)))
    .toSorted(([one = Buffer.alloc(0)], [other = Buffer.alloc(0)]) => Buffer.compare(one, other))
  const parts = sorted.flat().map((bytes) => Buffer.concat([uint16(bytes.length), bytes]))
  return Buffer.concat([uint16(pairs.length), ...parts])
}

/** RFC 8785, for what JSON.parse gives. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const names = Object.keys(value).toSorted()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(Reflect.get(value, name))}`).join(",")}}`
}

const secret = hex(vectors.rootKey.secret)
const wrapKey = hkdf(secret, "Keystead root 1 wrap")
const macKey = hkdf(secret, "Keystead root 1 mac")
const mac = (data: string) => createHmac("sha256", macKey).update(data).digest()
const materialId = (material: Buffer) => kdf(material, Buffer.from("Keystead key material id 1\0"), 32)

describe("the vectors of the formats", () => {
  it("are what the sources make today", async () => {
    assert.strictEqual(`${JSON.stringify(await Effect.runPromise(formatVectors()), null, 2)}\n`, text)
  })

  it("of encryption contexts", () => {
    assert.isNotEmpty(vectors.encryptionContexts)
    for (const one of vectors.encryptionContexts) {
      assert.strictEqual(serialized(one.pairs).toString("hex"), one.serialized)
    }
  })

  it("of canonical JSON", () => {
    assert.isNotEmpty(vectors.canonicalJson)
    for (const { text, value } of vectors.canonicalJson) assert.strictEqual(canonical(value), text)
  })

  it("of the root key's check", () => {
    assert.strictEqual(mac("Keystead root key 1 check").toString("hex"), vectors.rootKey.check)
  })

  it("of wrapped material and its ids", () => {
    assert.isNotEmpty(vectors.materials)
    for (const { id, material, nonce, owner, wrapped } of vectors.materials) {
      assert.strictEqual(materialId(hex(material)).toString("hex"), id)
      const aad = Buffer.from(`key/${owner.account}/${owner.region}/${owner.keyId}\n${id}`)
      const sealed = gcm(wrapKey, hex(nonce), aad, hex(material))
      assert.strictEqual(Buffer.concat([hex(nonce), sealed]).toString("base64"), wrapped)
    }
  })

  it("of the codes of records", () => {
    assert.isNotEmpty(vectors.records)
    for (const { id, stored } of vectors.records) {
      const expected = mac(`${JSON.stringify(id)}\n${canonical(stored.content)}`)
      assert.strictEqual(expected.toString("base64"), stored.mac, id)
    }
  })

  it("of grants, their names and tokens", () => {
    assert.isNotEmpty(vectors.grants)
    for (const { grant, id, named, salt, token } of vectors.grants) {
      const place = `${String(grant["account"])}/${String(grant["region"])}/${String(grant["keyId"])}`
      assert.strictEqual(id, `grant/${place}/${String(grant["grantId"])}`)
      const inOrder = (pairs: object | undefined) =>
        pairs === undefined ? null : Object.entries(pairs).toSorted(([one], [other]) => one < other ? -1 : 1)
      const { equals, sourceArn, subset } = Object(grant["constraints"])
      const parameters = [
        grant["name"],
        grant["issuer"],
        grant["grantee"],
        grant["retiring"] ?? null,
        [...Object(grant["operations"])].map(String).toSorted((one, other) => one < other ? -1 : 1),
        inOrder(equals),
        inOrder(subset),
        sourceArn ?? null
      ]
      const digest = createHash("sha256").update(canonical(parameters)).digest("hex")
      assert.strictEqual(named, `granted/${place}/${digest}`)
      const said = Buffer.concat([Buffer.of(1), hex(salt), Buffer.from(id)])
      const code = createHmac("sha256", macKey).update(said).digest()
      assert.strictEqual(token, Buffer.concat([said, code]).toString("base64url"))
    }
  })

  it("of ciphertexts", () => {
    assert.isNotEmpty(vectors.ciphertexts)
    for (const { blob, context, material, owner, plaintext, salt } of vectors.ciphertexts) {
      const fixedInput = Buffer.concat([Buffer.from("Keystead ciphertext 1\0"), hex(salt), uint32(76 * 8)])
      const derived = kdf(hex(material), fixedInput, 76)
      const reference = Buffer.from(`${owner.account}/${owner.keyId}`)
      const header = Buffer.concat([
        Buffer.of(1, reference.length),
        reference,
        materialId(hex(material)),
        hex(salt),
        derived.subarray(44)
      ])
      const aad = Buffer.concat([header, serialized(context)])
      const sealed = gcm(derived.subarray(0, 32), derived.subarray(32, 44), aad, hex(plaintext))
      assert.strictEqual(Buffer.concat([header, sealed]).toString("hex"), blob)
    }
  })

  it("of ciphertexts under keys in external key stores, and of the credentials of these", () => {
    const { ciphertexts, credential, externalKey, material, owner } = vectors.external
    assert.isNotEmpty(ciphertexts)
    for (const { blob, context, iv, metadata, plaintext, salt } of ciphertexts) {
      const fixedInput = Buffer.concat([Buffer.from("Keystead ciphertext 1\0"), hex(salt), uint32(76 * 8)])
      const derived = kdf(hex(material), fixedInput, 76)
      const reference = Buffer.from(`${owner.account}/${owner.keyId}`)
      const header = Buffer.concat([
        Buffer.of(2, reference.length),
        reference,
        materialId(hex(material)),
        hex(salt),
        derived.subarray(44)
      ])
      const aad = Buffer.concat([header, serialized(context)])
      const inner = gcm(derived.subarray(0, 32), derived.subarray(32, 44), aad, hex(plaintext))
      const outer = gcm(hex(externalKey), hex(iv), aad, inner)
      const [vector, more] = [hex(iv), hex(metadata)]
      const parts = [header, Buffer.of(vector.length), vector, Buffer.of(more.length), more, outer]
      assert.strictEqual(Buffer.concat(parts).toString("hex"), blob)
    }
    const aad = Buffer.from(`${credential.record}\nsecret access key`)
    const wrapped = gcm(wrapKey, hex(credential.nonce), aad, Buffer.from(credential.secretAccessKey))
    assert.strictEqual(Buffer.concat([hex(credential.nonce), wrapped]).toString("base64"), credential.wrappedSecret)
  })

  it("open again", async () => {
    const parts = Layer.mergeAll(KeyMaterials.layer()).pipe(
      Layer.provideMerge(Layer.effect(RootKey, Effect.suspend(() => DerivedRootKey.make(secret)))),
      Layer.provideMerge(Noble.layer(insecureSeeded("unused"))),
      Layer.merge(Layer.succeed(Carried.Carried, Carried.of([], [])))
    )
    await Effect.runPromise(Effect.provide(
      Effect.gen(function*() {
        for (const { id, stored } of vectors.records) {
          assert.deepStrictEqual(
            yield* RecordSeal.open(id, JSON.parse(JSON.stringify(stored))),
            JSON.parse(JSON.stringify(stored.content))
          )
        }
        for (const { blob, context, owner, plaintext } of vectors.ciphertexts) {
          const kept = vectors.records.find(({ id }) => id.startsWith("key/") && id.endsWith(owner.keyId))
          const parsed = CiphertextBlob.parse(hex(blob))
          assert(parsed !== undefined && kept !== undefined)
          const opened = yield* UnderKey.decrypt(
            { record: JSON.parse(JSON.stringify(kept.stored.content)) },
            { algorithm: undefined, context: Object.fromEntries(context), operation: "Decrypt" },
            hex(blob),
            parsed
          )
          assert.strictEqual(Buffer.from(opened.plaintext).toString("hex"), plaintext)
        }
      }),
      parts
    ))
  })
})
