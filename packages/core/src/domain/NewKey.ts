/** A new KMS key, Enabled, with its first material. */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import { Crypto } from "../crypto/Crypto.ts"
import type { KeyKind } from "../crypto/KeyKind.ts"
import { KeyMaterials } from "../crypto/KeyMaterials.ts"
import type { KeyRecord } from "./KeyRecord.ts"
import { uuid, uuidLength } from "./Uuid.ts"

/** A new random key id. */
export const newKeyId = Effect.gen(function*() {
  return uuid(yield* (yield* Crypto).randomBytes(uuidLength))
})

/** A new random key id for a multi-Region key. */
export const newMultiRegionKeyId = Effect.map(newKeyId, (id) => `mrk-${id.replaceAll("-", "")}`)

/** What the creator of a key decides. */
export type Wanted =
  & Pick<
    KeyRecord,
    "account" | "region" | "keyId" | "keyManager" | "created" | "description" | "policy" | "tags" | "aliases"
  >
  & Partial<Pick<KeyRecord, "keySpec" | "keyUsage" | "multiRegion">>

/** First material of a symmetric key, or of a key of the kind. */
const firstMaterial = Effect.fnUntraced(function*(wanted: Wanted, kind: KeyKind | undefined) {
  const materials = yield* KeyMaterials
  if (kind === undefined) return { materials: [yield* materials.create(wanted)] }
  return yield* Effect.uninterruptible(Effect.acquireUseRelease(
    kind.generate,
    ({ bytes, publicKey }) =>
      Effect.map(materials.wrap(wanted, bytes), (material) => ({
        materials: [material],
        ...(publicKey === undefined ? {} : { publicKey: Base64.encode(publicKey) })
      })),
    ({ bytes }) => Effect.sync(() => bytes.fill(0))
  ))
})

/** The record of a new key, its material wrapped: a symmetric one, or one of the kind. */
export const newKey = Effect.fnUntraced(function*(wanted: Wanted, kind?: KeyKind) {
  const record: KeyRecord = {
    keySpec: "SYMMETRIC_DEFAULT",
    keyUsage: "ENCRYPT_DECRYPT",
    ...wanted,
    origin: "AWS_KMS",
    state: "Enabled",
    ...yield* firstMaterial(wanted, kind)
  }
  return record
})
