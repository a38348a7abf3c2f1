/** Keys from outside, one of every spec, and worlds that they can be imported into. */
import type { Client } from "@keystead/core/Client"
import type { KeySpec, KeyUsage } from "@keystead/core/domain/Specs"
import * as Effect from "effect/Effect"
import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto"
import { rsaPair, wrappingKinds } from "../support/Importing.ts"
import { generate, kindOf, nobleKinds } from "../support/Kinds.ts"
import { account, createKey, makeWorld, region } from "../support/World.ts"

/** A world in which material can be imported. */
export const importWorld = (options: Parameters<typeof makeWorld>[0] = {}) =>
  makeWorld({ kinds: wrappingKinds, ...options })

/** The ARN of a key in the Region and account of tests. */
export const arnOf = (keyId: string): string => `arn:aws:kms:${region}:${account}:key/${keyId}`

/** The id of its record. */
export const recordOf = (keyId: string): string => `key/${account}/${region}/${keyId}`

/** Fresh bytes from outside. */
export const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))

const curves: { readonly [Spec in KeySpec]?: string } = {
  ECC_NIST_P256: "prime256v1",
  ECC_NIST_P384: "secp384r1",
  ECC_NIST_P521: "secp521r1",
  ECC_SECG_P256K1: "secp256k1"
}

const pairOf = (keySpec: KeySpec): Outside => {
  const namedCurve = curves[keySpec]
  if (namedCurve === undefined && keySpec !== "ECC_NIST_EDWARDS25519") return rsaPair(keySpec)
  const { privateKey, publicKey } = namedCurve === undefined
    ? generateKeyPairSync("ed25519")
    : generateKeyPairSync("ec", { namedCurve })
  return {
    material: Uint8Array.from(privateKey.export({ format: "der", type: "pkcs8" })),
    publicKey: Uint8Array.from(publicKey.export({ format: "der", type: "spki" }))
  }
}

/** What an importer has: material in the form in which it is imported, and the public key, if it has one. */
export interface Outside {
  readonly material: Uint8Array
  readonly publicKey: Uint8Array | undefined
}

/** A key from outside, new unless it is RSA's: OpenSSL's, but for the seeds of post-quantum keys. */
export const outside = (keySpec: KeySpec, seed = "outside"): Outside => {
  if (keySpec === "SYMMETRIC_DEFAULT") return { material: random(32), publicKey: undefined }
  if (keySpec.startsWith("HMAC_")) return { material: random(Number(keySpec.slice(-3)) / 8), publicKey: undefined }
  if (keySpec.startsWith("ML_")) {
    const { bytes, publicKey } = generate(kindOf(nobleKinds, keySpec), seed)
    return { material: bytes, publicKey }
  }
  return pairOf(keySpec)
}

/** What a key of the spec is for, in these tests. */
export const usageOf = (keySpec: KeySpec): KeyUsage => {
  if (keySpec.startsWith("HMAC_")) return "GENERATE_VERIFY_MAC"
  if (keySpec.startsWith("ML_KEM_")) return "ENCAPSULATE_DECAPSULATE"
  return keySpec === "SYMMETRIC_DEFAULT" || keySpec.startsWith("RSA_") ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY"
}

/** A new key of origin EXTERNAL. */
export const externalKey = (client: Client, KeySpec: KeySpec = "SYMMETRIC_DEFAULT") =>
  createKey(client, { Origin: "EXTERNAL", KeySpec, KeyUsage: usageOf(KeySpec) })

/** The key's state. */
export const stateOf = (client: Client, KeyId: string) =>
  Effect.map(client.describeKey({ KeyId }), ({ KeyMetadata }) => KeyMetadata?.KeyState)

/** All of the key's materials: id, state, whether it is there, and when it expires. */
export const materialsOf = (client: Client, KeyId: string) =>
  Effect.map(
    client.listKeyRotations({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" }),
    ({ Rotations = [] }) =>
      Rotations.map(({ ImportState, KeyMaterialId, KeyMaterialState, ValidTo }) => ({
        id: KeyMaterialId,
        state: KeyMaterialState,
        imported: ImportState,
        validTo: ValidTo?.getTime()
      }))
  )

/** A public key, as `node:crypto` uses it. */
export const publicKeyOf = (publicKey: Uint8Array | undefined) =>
  createPublicKey({ key: Buffer.from(publicKey ?? []), format: "der", type: "spki" })
