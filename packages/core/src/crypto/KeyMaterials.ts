/**
 * Unwrapped key material: made, wrapped for its record, and lent out ready for use.
 *
 * What was unwrapped is kept within bounds of number and age, and overwritten when it leaves. Nothing gives the bytes
 * of key material away: `use` lends a prepared derivation for the length of one effect.
 */
import { bytesToHex } from "@noble/hashes/utils.js"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Layer from "effect/Layer"
import type { KeyMaterial, KeyRecord } from "../domain/KeyRecord.ts"
import { recordId } from "../domain/KeyRecord.ts"
import type { IntegrityError } from "../Errors.ts"
import * as Utf8 from "../Utf8.ts"
import type { PreparedMaterial } from "./Ciphertext.ts"
import * as CiphertextBlob from "./CiphertextBlob.ts"
import { Crypto, type NotAuthentic } from "./Crypto.ts"
import type { KeyKind, PreparedKey } from "./KeyKind.ts"
import * as Lender from "./Lender.ts"
import { broken } from "./RecordSeal.ts"
import { RootKey, type RootKeyUses } from "./RootKey.ts"
import type * as WipingCache from "./WipingCache.ts"

/** A thousand materials, for five minutes. */
export const defaultBounds: WipingCache.Bounds = { number: 1000, age: 5 * 60 * 1000 }

/** Whose material it is. */
export type Owner = Lender.Owner

/** Material in the form in which a record keeps it. */
export type Wrapped = Required<Pick<KeyMaterial, "id" | "wrapped">>

export class KeyMaterials extends Context.Service<KeyMaterials, {
  /** Makes 256 bits of new key material, wrapped for its owner. The clear bytes are overwritten before it answers. */
  readonly create: (owner: Owner) => Effect.Effect<Wrapped>
  /** Wraps a secret for its owner, which overwrites it. The same secret has the same id, whoever owns it. */
  readonly wrap: (owner: Owner, secret: Uint8Array) => Effect.Effect<Wrapped>
  /** Lends the material of a symmetric key, or IntegrityError if its wrapping was not made for this key with this store's root key. */
  readonly use: <A, E, R>(
    owner: Owner,
    material: KeyMaterial,
    borrow: (prepared: PreparedMaterial) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | IntegrityError, R>
  /** Lends the material of a key of this kind in the same way. */
  readonly useKey: <A, E, R>(
    owner: Owner,
    material: KeyMaterial,
    kind: KeyKind,
    borrow: (prepared: PreparedKey) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | IntegrityError, R>
  /** Wraps a secret that is kept outside the store, bound to its purpose. No key material is bound to one. */
  readonly seal: (purpose: string, secret: Uint8Array) => Effect.Effect<Uint8Array>
  /** Unwraps it, or NotAuthentic if it was not wrapped for this purpose with this store's root key. */
  readonly open: (purpose: string, sealed: Uint8Array) => Effect.Effect<Uint8Array, NotAuthentic>
  /** Overwrites what was unwrapped too long ago. Unwrapping another material does so too, but an idle service does not. */
  readonly expire: Effect.Effect<void>
}>()("@keystead/core/crypto/KeyMaterials") {}

const materialLength = 32

const overwrite = (secret: Uint8Array) => Effect.sync(() => secret.fill(0))
/** The first block of the counter-mode derivation (NIST SP 800-108r1, 4.1) of an id from key material. */
const idInput = Utf8.encode("\0\0\0\u0001Keystead key material id 1\0")

/** What the wrapping is bound to: the record and the material within it. */
const identity = (owner: Owner, materialId: string): Uint8Array =>
  Utf8.encode(`${recordId(owner, owner.keyId)}\n${materialId}`)

/** What is kept outside is bound to no record: those ids begin with `key/`. */
const outside = (purpose: string): Uint8Array => Utf8.encode(`outside/${purpose}`)

/** Unwraps a material for as long as it takes to make it ready; IntegrityError if it is not this owner's. */
const unwrapWith = (rootKey: RootKeyUses): Lender.Unwrap =>
  Effect.fnUntraced(function*(owner, material, prepare) {
    const place = recordId(owner, owner.keyId)
    const wrapped = yield* Effect.mapError(
      Effect.fromResult(Base64.decode(material.wrapped ?? "-")),
      () => broken(place)
    )
    const secret = yield* Effect.mapError(rootKey.unwrap(wrapped, identity(owner, material.id)), () => broken(place))
    return yield* Effect.ensuring(prepare(secret), overwrite(secret))
  })

/** Wraps a material of one owner for another; IntegrityError if it is not the first one's. */
export const share = Effect.fnUntraced(function*(owner: Owner, material: KeyMaterial, other: Owner) {
  const rootKey = yield* RootKey
  const rewrap = (secret: Uint8Array) => rootKey.wrap(secret, identity(other, material.id))
  const shared: KeyMaterial = {
    ...material,
    wrapped: Base64.encode(yield* unwrapWith(rootKey)(owner, material, rewrap))
  }
  return shared
}, Effect.uninterruptible)

/** The key, with all its materials under another root key; those that are already stay as they are. */
export const rewrapMaterials = Effect.fnUntraced(function*(key: KeyRecord, from: RootKeyUses, to: RootKeyUses) {
  const again = (material: KeyMaterial) =>
    Effect.map(
      unwrapWith(from)(key, material, (secret) => to.wrap(secret, identity(key, material.id))),
      (wrapped): KeyMaterial => ({ ...material, wrapped: Base64.encode(wrapped) })
    )
  const rewrap = (material: KeyMaterial): Effect.Effect<KeyMaterial, IntegrityError> =>
    material.wrapped === undefined
      ? Effect.succeed(material)
      : Effect.matchEffect(unwrapWith(to)(key, material, () => Effect.void), {
        onSuccess: () => Effect.succeed(material),
        onFailure: () => again(material)
      })
  const rewrapped: KeyRecord = {
    ...key,
    materials: yield* Effect.forEach(key.materials, rewrap),
    ...(key.pendingMaterial === undefined ? {} : { pendingMaterial: yield* rewrap(key.pendingMaterial) })
  }
  return rewrapped
}, Effect.uninterruptible)

/** The service over this store's root key. Its cache is emptied, and overwritten, when its scope closes. */
export const layer = (bounds: WipingCache.Bounds = defaultBounds): Layer.Layer<KeyMaterials, never, Crypto | RootKey> =>
  Layer.effect(
    KeyMaterials,
    Effect.gen(function*() {
      const crypto = yield* Crypto
      const rootKey = yield* RootKey
      const unwrap = unwrapWith(rootKey)
      const symmetric = Lender.make<PreparedMaterial>(unwrap, bounds, ({ derivation }) => derivation.wipe())
      const others = Lender.make<PreparedKey>(unwrap, bounds, (prepared) => prepared.wipe())
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          symmetric.clear()
          others.clear()
        })
      )

      const wrap = Effect.fnUntraced(function*(owner: Owner, secret: Uint8Array) {
        const id = bytesToHex(yield* crypto.hmacSha256(secret, idInput))
        return { id, wrapped: Base64.encode(yield* rootKey.wrap(secret, identity(owner, id))) }
      })

      return KeyMaterials.of({
        create: (owner) =>
          Effect.uninterruptible(
            Effect.acquireUseRelease(crypto.randomBytes(materialLength), (secret) => wrap(owner, secret), overwrite)
          ),
        wrap,
        use: (owner, material, borrow) => {
          const prepare = (secret: Uint8Array) =>
            Effect.map(crypto.derivation(secret), (derivation) => ({
              derivation,
              prefix: CiphertextBlob.prefix(owner, material.id)
            }))
          return symmetric.lend(owner, material, prepare, borrow)
        },
        useKey: (owner, material, kind, borrow) => others.lend(owner, material, kind.prepare, borrow),
        seal: (purpose, secret) => rootKey.wrap(secret, outside(purpose)),
        open: (purpose, sealed) => rootKey.unwrap(sealed, outside(purpose)),
        expire: Effect.map(Clock.currentTimeMillis, (now) => {
          symmetric.expire(now)
          others.expire(now)
        })
      })
    })
  )
