/**
 * Importing from outside: material is wrapped by `node:crypto` (OpenSSL), as an importer would, and never by the core.
 *
 * Wrapping keys of one spec are always the same key, so that tests need not wait until OpenSSL has found new primes.
 */
import type { Client } from "@keystead/core/Client"
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import type { InputOf } from "@keystead/core/operations/Operation"
import type { registry } from "@keystead/core/operations/Registry"
import { rsaKinds } from "@keystead/runtime-node/kinds/Rsa"
import * as Effect from "effect/Effect"
import {
  constants,
  createCipheriv,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes
} from "node:crypto"

const makePair = (keySpec: string) =>
  generateKeyPairSync("rsa", {
    modulusLength: Number(keySpec.slice("RSA_".length)),
    privateKeyEncoding: { format: "der", type: "pkcs8" },
    publicKeyEncoding: { format: "der", type: "spki" }
  })

const pairs = new Map<string, ReturnType<typeof makePair>>()

/** The one RSA key pair of the spec. */
export const rsaPair = (keySpec: string) => {
  const pair = pairs.get(keySpec) ?? makePair(keySpec)
  pairs.set(keySpec, pair)
  return { material: Uint8Array.from(pair.privateKey), publicKey: Uint8Array.from(pair.publicKey) }
}

/** RSA by `node:crypto`, where a new key is always the same key. */
export const wrappingKinds: ReadonlyArray<KeyKind> = rsaKinds.map((kind) => ({
  ...kind,
  generate: Effect.sync(() => {
    const { material: bytes, publicKey } = rsaPair(kind.keySpec)
    return { bytes, publicKey }
  })
}))

type Parameters = InputOf<typeof registry.GetParametersForImport>
/** How material is wrapped. */
export type Algorithm = Parameters["WrappingAlgorithm"]
/** The spec of the key that it is wrapped with. */
export type WrappingKeySpec = Parameters["WrappingKeySpec"]

const oaep = (publicKey: Uint8Array, hash: string, plaintext: Uint8Array) =>
  publicEncrypt(
    {
      key: createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" }),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: hash
    },
    plaintext
  )

/** AES-KWP (RFC 5649), with its initial value. */
const keyWrap = (key: Uint8Array, plaintext: Uint8Array) => {
  const cipher = createCipheriv(`id-aes${key.length * 8}-wrap-pad`, key, Buffer.from("a65959a6", "hex"))
  return Buffer.concat([cipher.update(plaintext), cipher.final()])
}

/** Wraps material; `aesKeyLength` other than 32 bytes is wrong. */
export const wrap = (algorithm: string, publicKey: Uint8Array, material: Uint8Array, aesKeyLength = 32): Uint8Array => {
  const hash = algorithm.endsWith("_SHA_1") ? "sha1" : "sha256"
  if (!algorithm.startsWith("RSA_AES_")) return Uint8Array.from(oaep(publicKey, hash, material))
  const key = randomBytes(aesKeyLength)
  return Uint8Array.from(Buffer.concat([oaep(publicKey, hash, key), keyWrap(key, material)]))
}

/** New parameters, and the material wrapped with them: what ImportKeyMaterial takes beside the key and the expiration. */
export const wrapped = Effect.fnUntraced(function*(
  client: Client,
  KeyId: string,
  material: Uint8Array,
  WrappingAlgorithm: Algorithm = "RSAES_OAEP_SHA_256",
  WrappingKeySpec: WrappingKeySpec = "RSA_2048"
) {
  const given = yield* client.getParametersForImport({ KeyId, WrappingAlgorithm, WrappingKeySpec })
  return {
    KeyId,
    ImportToken: given.ImportToken ?? new Uint8Array(),
    EncryptedKeyMaterial: wrap(WrappingAlgorithm, given.PublicKey ?? new Uint8Array(), material)
  }
})

type Said = Omit<InputOf<typeof registry.ImportKeyMaterial>, "KeyId" | "ImportToken" | "EncryptedKeyMaterial">

/** For ever, unless it is said otherwise. */
export const forEver = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" } as const

/** Imports material that never expires, unless it is said otherwise. */
export const importMaterial = Effect.fnUntraced(
  function*(client: Client, KeyId: string, material: Uint8Array, said: Said = forEver) {
    return yield* client.importKeyMaterial({ ...yield* wrapped(client, KeyId, material), ...said })
  }
)
