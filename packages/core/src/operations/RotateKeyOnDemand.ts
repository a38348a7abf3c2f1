import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyId, optional, text } from "../domain/Members.ts"
import {
  ConflictException,
  KMSInvalidStateException,
  LimitExceededException,
  UnsupportedOperationException
} from "../Errors.ts"
import { promote, rotate } from "../lifecycle/Rotate.ts"
import { row } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { needPrimary, needRotatable, neverRotates } from "./internal/Rotation.ts"
import { change, operation } from "./Operation.ts"

/** AWS refuses when an automatic rotation starts within so many milliseconds. Source: kms-semantics 2.6. */
const conflictWindow = 20 * 60 * 1000

/** Gives a KMS key new material now, or makes the imported material current that is pending its rotation. It is complete when it answers. The automatic schedule stays as it is. */
export const RotateKeyOnDemand = operation({
  name: "RotateKeyOnDemand",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId }),
  output: Schema.Struct({ KeyId: optional(text({})) }),
  states: row({
    Enabled: "proceeds",
    Disabled: "DisabledException",
    PendingDeletion: "KMSInvalidStateException",
    PendingImport: "KMSInvalidStateException",
    Unavailable: "UnsupportedOperationException",
    Creating: "KMSInvalidStateException",
    Updating: "KMSInvalidStateException"
  }),
  ...manageKey("kms:RotateKeyOnDemand"),
  decide: Effect.fnUntraced(function*({ limits, now, records: { key } }) {
    // AWS gives no message here (kms-semantics 2.13).
    if (neverRotates(key)) return yield* new UnsupportedOperationException()
    yield* needRotatable(key)
    yield* needPrimary(key, false)
    const automatic = key.record.automaticRotation
    if (automatic !== undefined && automatic.next - now <= conflictWindow) {
      return yield* new ConflictException({
        message: `An automatic rotation of ${key.arn} starts within 20 minutes. Try again after it.`
      })
    }
    const onDemand = key.record.materials.filter(({ rotation }) => rotation?.type === "ON_DEMAND").length
    if (onDemand >= limits.onDemandRotationsPerKey) {
      return yield* new LimitExceededException({
        message: `${key.arn} was rotated on demand ${onDemand} times, which is its quota.`
      })
    }
    const rotated = key.record.origin === "EXTERNAL"
      ? promote(key.record, now)
      : yield* rotate(key.record, now, "ON_DEMAND")
    return rotated === undefined
      ? yield* new KMSInvalidStateException({
        message: `No available key material pending rotation for the key: ${key.arn}.`
      })
      : change({ KeyId: key.arn }, key, rotated)
  })
})
