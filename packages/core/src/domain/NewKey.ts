/** A new symmetric KMS key, Enabled, with its first material. */
import * as Effect from "effect/Effect"
import { Crypto } from "../crypto/Crypto.ts"
import { KeyMaterials } from "../crypto/KeyMaterials.ts"
import type { KeyRecord } from "./KeyRecord.ts"
import { uuid, uuidLength } from "./Uuid.ts"

/** A new random key id. */
export const newKeyId = Effect.gen(function*() {
  return uuid(yield* (yield* Crypto).randomBytes(uuidLength))
})

/** What the creator of a key decides. */
export type Wanted = Pick<
  KeyRecord,
  "account" | "region" | "keyId" | "keyManager" | "created" | "description" | "policy" | "tags" | "aliases"
>

/** The record of a new key, its material wrapped. */
export const newKey = Effect.fnUntraced(function*(wanted: Wanted) {
  const record: KeyRecord = {
    ...wanted,
    keySpec: "SYMMETRIC_DEFAULT",
    keyUsage: "ENCRYPT_DECRYPT",
    origin: "AWS_KMS",
    state: "Enabled",
    materials: [yield* (yield* KeyMaterials).create(wanted)]
  }
  return record
})
