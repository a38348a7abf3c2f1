/**
 * Unwrapped key material: made, wrapped for its record, and lent out ready for use.
 *
 * What was unwrapped is kept within bounds of number and age, and overwritten when it leaves. Nothing gives the bytes
 * of key material away: `use` lends a prepared derivation for the length of one effect.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Hex from "effect/encoding/Hex"
import * as Layer from "effect/Layer"
import type { KeyMaterial, KeyRecord } from "../domain/KeyRecord.ts"
import { recordId } from "../domain/KeyRecord.ts"
import type { IntegrityError } from "../Errors.ts"
import * as Utf8 from "../Utf8.ts"
import type { PreparedMaterial } from "./Ciphertext.ts"
import * as CiphertextBlob from "./CiphertextBlob.ts"
import { Crypto } from "./Crypto.ts"
import { broken } from "./RecordSeal.ts"
import { RootKey } from "./RootKey.ts"
import * as WipingCache from "./WipingCache.ts"

/** Whose material it is. */
export type Owner = Pick<KeyRecord, "account" | "region" | "keyId">

/** A thousand materials, for five minutes. */
export const defaultBounds: WipingCache.Bounds = { number: 1000, age: 5 * 60 * 1000 }

export class KeyMaterials extends Context.Service<KeyMaterials, {
  /** Makes 256 bits of new key material, wrapped for its owner. The clear bytes are overwritten before it answers. */
  readonly create: (owner: Owner) => Effect.Effect<Pick<KeyMaterial, "id" | "wrapped">>
  /** Lends the material, or IntegrityError if its wrapping was not made for this key with this store's root key. */
  readonly use: <A, E, R>(
    owner: Owner,
    material: KeyMaterial,
    borrow: (prepared: PreparedMaterial) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | IntegrityError, R>
  /** Overwrites what was unwrapped too long ago. Unwrapping another material does so too, but an idle service does not. */
  readonly expire: Effect.Effect<void>
}>()("@keystead/core/crypto/KeyMaterials") {}

const materialLength = 32

const overwrite = (secret: Uint8Array) => Effect.sync(() => secret.fill(0))
const idInfo = Utf8.encode("Keystead key material id 1\0")

/** What the wrapping is bound to: the record and the material within it. */
const identity = (owner: Owner, materialId: string): Uint8Array =>
  Utf8.encode(`${recordId(owner, owner.keyId)}\n${materialId}`)

/** The service over this store's root key. Its cache is emptied, and overwritten, when its scope closes. */
export const layer = (bounds: WipingCache.Bounds = defaultBounds): Layer.Layer<KeyMaterials, never, Crypto | RootKey> =>
  Layer.effect(
    KeyMaterials,
    Effect.gen(function*() {
      const crypto = yield* Crypto
      const rootKey = yield* RootKey
      const cache = WipingCache.make<PreparedMaterial>(bounds, (prepared) => prepared.derivation.wipe())
      yield* Effect.addFinalizer(() => Effect.sync(cache.clear))

      const wrapNew = Effect.fnUntraced(function*(owner: Owner, secret: Uint8Array) {
        const derivation = yield* crypto.derivation(secret)
        const id = Hex.encode(yield* derivation.derive(idInfo, CiphertextBlob.materialIdLength))
        derivation.wipe()
        return { id, wrapped: Base64.encode(yield* rootKey.wrap(secret, identity(owner, id))) }
      })

      const prepare = Effect.fnUntraced(function*(owner: Owner, material: KeyMaterial) {
        const place = recordId(owner, owner.keyId)
        const wrapped = yield* Effect.mapError(Effect.fromResult(Base64.decode(material.wrapped)), () => broken(place))
        const secret = yield* Effect.mapError(
          rootKey.unwrap(wrapped, identity(owner, material.id)),
          () => broken(place)
        )
        const derivation = yield* Effect.ensuring(crypto.derivation(secret), overwrite(secret))
        return { derivation, prefix: CiphertextBlob.prefix(owner.account, owner.keyId, material.id) }
      })

      return KeyMaterials.of({
        create: (owner) =>
          Effect.uninterruptible(
            Effect.acquireUseRelease(crypto.randomBytes(materialLength), (secret) => wrapNew(owner, secret), overwrite)
          ),
        use: (owner, material, borrow) =>
          Effect.suspend(() => {
            const key = `${owner.account}/${owner.region}/${owner.keyId}/${material.id}`
            let lent: WipingCache.Entry<PreparedMaterial> | undefined
            const unwrap = (now: number) =>
              Effect.uninterruptible(Effect.map(prepare(owner, material), (made) => lent = cache.add(key, made, now)))
            // Whatever comes in between, what was lent is given back: that is set up before it is lent.
            return Effect.onExit(
              Effect.flatMap(Clock.currentTimeMillis, (now) => {
                lent = cache.borrow(key, now)
                return lent === undefined
                  ? Effect.flatMap(unwrap(now), (entry) => borrow(entry.value))
                  : borrow(lent.value)
              }),
              () => Effect.sync(() => lent !== undefined && cache.giveBack(lent))
            )
          }),
        expire: Effect.map(Clock.currentTimeMillis, cache.expire)
      })
    })
  )
