/** What stands behind a wrapping key: it is no KMS key, so any way of keys of its spec that is at hand will do. */
import * as Effect from "effect/Effect"
import { UnsupportedOperationException } from "../../Errors.ts"
import { Carried } from "../../groups/Carried.ts"
import type { Wrapping } from "./Wrapping.ts"

/** The kind of the wrapping key; UnsupportedOperationException where this Keystead has nothing for it. */
export const wrappingKind = Effect.fnUntraced(function*({ keySpec }: Wrapping) {
  const kind = (yield* Carried).anyKind(keySpec)
  return kind ?? (yield* new UnsupportedOperationException({
    message: `Wrapping keys of spec ${keySpec} are not supported here: key material cannot be imported.`
  }))
})
