/** Which keys can be rotated, and where. Source: kms-semantics 2.4 (notes 3 and 3b), 2.6, 2.9. */
import * as Effect from "effect/Effect"
import { isReplica, type KeyRecord } from "../../domain/KeyRecord.ts"
import { UnsupportedOperationException } from "../../Errors.ts"
import type { LoadedKey } from "../Operation.ts"

/** Whether no rotation is for the key: asymmetric and HMAC keys. */
export const neverRotates = ({ record }: LoadedKey): boolean => record.keySpec !== "SYMMETRIC_DEFAULT"

const unfit = ({ arn }: LoadedKey, what: string) =>
  Effect.fail(new UnsupportedOperationException({ message: `${arn} ${what} which is not valid for this operation.` }))

/** Refuses replicas, and with `only` all keys but multi-Region primaries: what is shared is decided on at the primary. */
export const needPrimary = ({ arn, record }: LoadedKey, only: boolean) =>
  isReplica(record) || (only && record.multiRegion === undefined)
    ? Effect.fail(new UnsupportedOperationException({ message: `${arn} is not a multi-region primary key.` }))
    : Effect.void

/** Refuses keys that no rotation is for: asymmetric and HMAC keys, and those in custom key stores. */
export const needRotatable = (key: LoadedKey) => {
  const { externalKey, keySpec, origin } = key.record
  if (neverRotates(key)) return unfit(key, `key spec is ${keySpec}`)
  return externalKey === undefined ? Effect.void : unfit(key, `origin is ${origin}`)
}

/** Refuses keys whose material comes from elsewhere. */
export const needOrigin = (key: LoadedKey, origin: KeyRecord["origin"]) =>
  key.record.origin === origin ? Effect.void : unfit(key, `origin is ${key.record.origin}`)

/** Refuses keys that no automatic rotation is for: those with imported material too. */
export const needSchedulable = (key: LoadedKey) => Effect.andThen(needRotatable(key), needOrigin(key, "AWS_KMS"))
