/** From a KMS key that is not symmetric to what stands behind its spec, and to its private key. */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import { arnOf, currentMaterial, type KeyRecord, recordId } from "../domain/KeyRecord.ts"
import { type IntegrityError, KeyUnavailableException } from "../Errors.ts"
import { Carried } from "../groups/Carried.ts"
import type { KeyKind, PreparedKey } from "./KeyKind.ts"
import { KeyMaterials } from "./KeyMaterials.ts"
import { broken } from "./RecordSeal.ts"

/** What stands behind the key's spec; KeyUnavailableException if this Keystead carries nothing for it. */
export const kindOf = (key: KeyRecord) =>
  Effect.flatMap(Carried, (carried): Effect.Effect<KeyKind, KeyUnavailableException> => {
    const kind = carried.kind(key.keySpec)
    return kind === undefined ? Effect.fail(unavailable(key)) : Effect.succeed(kind)
  })

/** The error of a key that this Keystead has no means for, though its store has it. */
export const unavailable = (key: KeyRecord) =>
  new KeyUnavailableException({
    message: `${arnOf(key)} cannot be used here: this Keystead carries nothing for keys of spec ${key.keySpec}.`
  })

/** The public key, SubjectPublicKeyInfo in DER; IntegrityError if the record has none. */
export const publicKeyOf = (key: KeyRecord): Effect.Effect<Uint8Array, IntegrityError> =>
  Effect.mapError(
    Effect.fromResult(Base64.decode(key.publicKey ?? "-")),
    () => broken(recordId(key, key.keyId))
  )

/** Lends the private key, ready for use. */
export const withPrivateKey = <A, E, R>(
  key: KeyRecord,
  kind: KeyKind,
  borrow: (prepared: PreparedKey) => Effect.Effect<A, E, R>
) => Effect.flatMap(KeyMaterials, (materials) => materials.useKey(key, currentMaterial(key), kind, borrow))
