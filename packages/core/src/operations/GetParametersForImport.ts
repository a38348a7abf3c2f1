import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { blob, keyId, oneOf, optional, text, timestamp } from "../domain/Members.ts"
import { wrappingAlgorithms, wrappingKeySpecs } from "../domain/Specs.ts"
import { UnsupportedOperationException } from "../Errors.ts"
import { row } from "../lifecycle/Row.ts"
import * as ImportToken from "./internal/ImportToken.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { needOrigin } from "./internal/Rotation.ts"
import { wrappingFor } from "./internal/Wrapping.ts"
import { wrappingKind } from "./internal/WrappingKey.ts"
import { operation, reply } from "./Operation.ts"

/** Gives a public key to wrap key material with, and the token to send along with it, both for 24 hours. */
export const GetParametersForImport = operation({
  name: "GetParametersForImport",
  readOnly: true,
  input: Schema.Struct({
    KeyId: keyId,
    WrappingAlgorithm: oneOf(wrappingAlgorithms),
    WrappingKeySpec: oneOf(wrappingKeySpecs)
  }),
  output: Schema.Struct({
    KeyId: optional(text({})),
    ImportToken: optional(blob({})),
    PublicKey: optional(blob({})),
    ParametersValidTo: optional(timestamp)
  }),
  states: row({
    Enabled: "proceeds",
    Disabled: "proceeds",
    PendingDeletion: "KMSInvalidStateException",
    PendingImport: "proceeds",
    Unavailable: "UnsupportedOperationException",
    Creating: "KMSInvalidStateException",
    Updating: "KMSInvalidStateException"
  }),
  ...manageKey("kms:GetParametersForImport"),
  conditions: (input) => ({
    "kms:WrappingAlgorithm": input.WrappingAlgorithm,
    "kms:WrappingKeySpec": input.WrappingKeySpec
  }),
  decide: Effect.fnUntraced(function*({ input, now, records: { key } }) {
    yield* needOrigin(key, "EXTERNAL")
    const wrapping = wrappingFor(key.record.keySpec, input.WrappingAlgorithm, input.WrappingKeySpec)
    if (typeof wrapping === "string") return yield* new UnsupportedOperationException({ message: wrapping })
    const { generate } = yield* wrappingKind(wrapping)
    const validTo = now + ImportToken.lifetime
    return yield* Effect.acquireUseRelease(
      generate,
      ({ bytes, publicKey }) =>
        Effect.map(ImportToken.seal(key.record, wrapping, validTo, bytes), (token) =>
          reply({
            KeyId: key.arn,
            ImportToken: token,
            PublicKey: publicKey,
            ParametersValidTo: new Date(validTo)
          })),
      ({ bytes }) => Effect.sync(() => bytes.fill(0))
    )
  })
})
