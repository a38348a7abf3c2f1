import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { publicKeyOf } from "../crypto/OfKind.ts"
import { algorithmMembers, algorithmsOf, specMembers, specsOf } from "../domain/KeyAlgorithms.ts"
import { familyOf } from "../domain/KeyUse.ts"
import { blob, grantTokens, keyId, optional, text } from "../domain/Members.ts"
import { UnsupportedOperationException } from "../Errors.ts"
import { Carried } from "../groups/Carried.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

const { MacAlgorithms: _, ...ofKeyPairs } = algorithmMembers

/** Gives the public key of a key pair, as SubjectPublicKeyInfo in DER, to use outside. */
export const GetPublicKey = operation({
  name: "GetPublicKey",
  readOnly: true,
  input: Schema.Struct({ KeyId: keyId, GrantTokens: optional(grantTokens) }),
  output: Schema.Struct({
    KeyId: optional(text({})),
    PublicKey: optional(blob({})),
    ...specMembers,
    ...ofKeyPairs
  }),
  states: cryptographic,
  ...aboutKey("kms:GetPublicKey", { aliases: true, crossAccount: true }),
  decide: Effect.fnUntraced(function*({ records: { key } }) {
    const { keySpec } = key.record
    if (familyOf(keySpec) !== "asymmetric") {
      return yield* new UnsupportedOperationException({
        message: `${key.arn} key spec is ${keySpec}: only asymmetric keys have a public key.`
      })
    }
    const { MacAlgorithms: _none, ...algorithms } = {
      MacAlgorithms: undefined,
      ...algorithmsOf(key.record, yield* Carried)
    }
    return reply({
      KeyId: key.arn,
      PublicKey: yield* publicKeyOf(key.record),
      ...specsOf(key.record),
      ...algorithms
    })
  })
})
