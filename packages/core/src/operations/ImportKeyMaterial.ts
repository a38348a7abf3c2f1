import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import { type KeyKind, type Secret, UnusableKey } from "../crypto/KeyKind.ts"
import { KeyMaterials } from "../crypto/KeyMaterials.ts"
import { expirationMembers } from "../domain/Expiration.ts"
import type { KeyMaterial, KeyRecord } from "../domain/KeyRecord.ts"
import { blob, keyId, oneOf, optional, patternedText, text } from "../domain/Members.ts"
import { IncorrectKeyMaterialException, UnsupportedOperationException } from "../Errors.ts"
import { Carried } from "../groups/Carried.ts"
import { row } from "../lifecycle/Row.ts"
import * as ImportToken from "./internal/ImportToken.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { materialId } from "./internal/MaterialId.ts"
import * as NewImport from "./internal/NewImport.ts"
import { needOrigin } from "./internal/Rotation.ts"
import { unwrap } from "./internal/Wrapping.ts"
import { wrappingKind } from "./internal/WrappingKey.ts"
import { change, type LoadedKey, operation } from "./Operation.ts"

const overwrite = ({ bytes }: Pick<Secret, "bytes">) => Effect.sync(() => bytes.fill(0))

/** Symmetric key material is any 256 bits. */
const materialLength = 32

const readSymmetric = (bytes: Uint8Array): Effect.Effect<Secret, UnusableKey> =>
  bytes.length === materialLength ? Effect.succeed({ bytes: bytes.slice() }) : Effect.fail(new UnusableKey())

/** How secrets of the key's spec are read. */
const readerOf = Effect.fnUntraced(function*({ keySpec }: KeyRecord): Effect.fn.Return<
  KeyKind["read"],
  UnsupportedOperationException,
  Carried
> {
  if (keySpec === "SYMMETRIC_DEFAULT") return readSymmetric
  const kind = (yield* Carried).kind(keySpec)
  return kind === undefined
    ? yield* new UnsupportedOperationException({ message: `KeySpec ${keySpec} is not supported here.` })
    : kind.read
})

/** The secret that was sent, in the one form of its kind, for the length of `use`. */
const withSecret = Effect.fnUntraced(function*<A, E, R>(
  { record }: LoadedKey,
  sent: { readonly ImportToken: Uint8Array; readonly EncryptedKeyMaterial: Uint8Array },
  now: number,
  use: (secret: Secret) => Effect.Effect<A, E, R>
) {
  const read = yield* readerOf(record)
  const incorrect = () =>
    new IncorrectKeyMaterialException({ message: `The key material is none of a key of spec ${record.keySpec}.` })
  const unwrapped = Effect.acquireUseRelease(
    ImportToken.open(record, sent.ImportToken, now),
    ({ secret, wrapping }) =>
      Effect.flatMap(wrappingKind(wrapping), (kind) => unwrap(kind, secret, wrapping, sent.EncryptedKeyMaterial)),
    ({ secret }) => overwrite({ bytes: secret })
  )
  const secret = Effect.acquireUseRelease(
    unwrapped,
    (bytes) => Effect.mapError(read(bytes), incorrect),
    (bytes) => overwrite({ bytes })
  )
  return yield* Effect.acquireUseRelease(secret, use, overwrite)
})

/** Imports key material into a KMS key of origin EXTERNAL, for the first time, again, or for its next rotation. */
export const ImportKeyMaterial = operation({
  name: "ImportKeyMaterial",
  readOnly: false,
  input: Schema.Struct({
    KeyId: keyId,
    ImportToken: blob({ min: 1, max: 6144 }),
    EncryptedKeyMaterial: blob({ min: 1, max: 6144 }),
    ...expirationMembers,
    ImportType: optional(oneOf(["NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"])),
    KeyMaterialDescription: optional(patternedText({ min: 0, max: 256 }, /^[a-zA-Z0-9:/_\s.-]+$/)),
    KeyMaterialId: optional(materialId)
  }),
  output: Schema.Struct({ KeyId: optional(text({})), KeyMaterialId: optional(text({})) }),
  states: row({
    Enabled: "proceeds",
    Disabled: "proceeds",
    PendingDeletion: "KMSInvalidStateException",
    PendingImport: "becomes Enabled",
    Unavailable: "UnsupportedOperationException",
    Creating: "KMSInvalidStateException",
    Updating: "proceeds"
  }),
  ...manageKey("kms:ImportKeyMaterial"),
  conditions: (input) => ({
    "kms:ExpirationModel": input.ExpirationModel ?? NewImport.defaultModel,
    "kms:ValidTo": input.ValidTo?.toISOString()
  }),
  // The row tells of the last material that was missing: until then the state stays as it is.
  decide: Effect.fnUntraced(function*({ input, now, records: { key } }) {
    yield* needOrigin(key, "EXTERNAL")
    yield* NewImport.needFitting(key, input)
    const validTo = yield* NewImport.validityOf(input, now)
    const { record } = key
    const materials = yield* KeyMaterials
    const wrap = ({ bytes, publicKey }: Secret) =>
      Effect.map(materials.wrap(record, bytes), (wrapped) => ({ wrapped, publicKey }))
    const { publicKey, wrapped } = yield* withSecret(key, input, now, wrap)
    const known = yield* NewImport.placeOf(key, input, wrapped.id)
    const description = input.KeyMaterialDescription ?? known?.description
    const material: KeyMaterial = {
      ...wrapped,
      ...(known?.rotation === undefined ? {} : { rotation: known.rotation }),
      ...(description === undefined ? {} : { description }),
      ...(validTo === undefined ? {} : { validTo })
    }
    const imported = {
      ...NewImport.withMaterial(record, material),
      ...(publicKey === undefined ? {} : { publicKey: Base64.encode(publicKey) })
    }
    const told = record.keySpec === "SYMMETRIC_DEFAULT" ? { KeyMaterialId: wrapped.id } : {}
    return change({ KeyId: key.arn, ...told }, key, imported)
  })
})
