/** What an object does when its alarm rings: what has fallen due in its own records is persisted. */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { checkOf } from "@keystead/core/crypto/RootKeyRecord"
import { RootKeyError } from "@keystead/core/Errors"
import type { Maintained } from "@keystead/core/interpreter/Maintain"
import * as Kms from "@keystead/core/Kms"
import { groups } from "@keystead/core/operations/Registry"
import { Storage } from "@keystead/core/storage/Storage"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fromSecret } from "../RootKeySecret.ts"
import type { ObjectRecords } from "./ObjectRecords.ts"

/** The first pause after maintenance failed, in milliseconds; each failure doubles it. */
export const firstPause = 60 * 1000

/** The longest pause. */
const longestPause = 60 * 60 * 1000

/** How long to wait after so many failures in a row. */
export const pauseAfter = (failures: number): number => Math.min(firstPause * 2 ** (failures - 1), longestPause)

const wrong = () =>
  new RootKeyError({
    reason: "Wrong",
    message: "KEYSTEAD_ROOT_KEY is not the root key that the object's records were made with. Restore that secret."
  })

/** Persists what has fallen due. RootKeyError if the secret is missing, is none, or is another store's. */
export const maintain = (records: ObjectRecords, secret: string | undefined, crypto: Context.Context<Crypto>) =>
  Effect.gen(function*() {
    const rootKey = yield* fromSecret(secret)
    const own = records.rootKey()
    if (own === undefined) {
      const nothing: Maintained = { rotated: 0, deleted: 0, expired: 0 }
      return nothing
    }
    if (own !== (yield* checkOf(rootKey))) return yield* wrong()
    const storage = yield* records.storage()
    const kms = Kms.layer({ groups }).pipe(
      Layer.provide(Layer.succeed(Storage, storage)),
      Layer.provide(Layer.succeed(RootKey, rootKey)),
      Layer.provide(AuditSink.layerOf(() => Effect.void))
    )
    return yield* Effect.provide(Effect.flatMap(Kms.Kms, ({ maintain }) => maintain), kms)
  }).pipe(Effect.provideContext(crypto))
