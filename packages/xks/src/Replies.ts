/** What proxies answer, checked before anything is made of it. Source: AWS KMS external key store proxy API. */
import { concat } from "@keystead/core/Bytes"
import {
  type ExternalKeyDescription,
  KeyStoreFailure,
  type KeyStoreFailureReason,
  type Wrapped
} from "@keystead/core/custom-stores/KeyStoreProvider"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Reply } from "./Exchange.ts"

const fail = (reason: KeyStoreFailureReason) => Effect.fail(new KeyStoreFailure({ reason }))

/** Source: "Error Codes". */
const reasons: ReadonlyMap<string, KeyStoreFailureReason> = new Map([
  ["ValidationException", "InvalidResponse"],
  ["InvalidStateException", "KeyDisabled"],
  ["InvalidCiphertextException", "InvalidCiphertext"],
  ["InvalidKeyUsageException", "InvalidKeyUsage"],
  ["AuthenticationFailedException", "AuthenticationFailed"],
  ["AccessDeniedException", "AccessDenied"],
  ["KeyNotFoundException", "KeyNotFound"],
  ["InvalidUriPathException", "InvalidPath"],
  ["ThrottlingException", "Throttled"],
  ["UnsupportedOperationException", "Unsupported"],
  ["DependencyTimeoutException", "TimedOut"],
  ["InternalException", "Internal"]
])

const errorReply = Schema.decodeUnknownResult(Schema.Struct({ errorName: Schema.String }))

/** The proxy's reply if it says that all went well and has this shape, or why it is of no use. */
const expect = <A>(schema: Schema.ConstraintDecoder<A>) => {
  const decode = Schema.decodeUnknownResult(schema)
  return ({ body, status }: Reply): Effect.Effect<A, KeyStoreFailure> => {
    if (status !== 200) {
      const error = errorReply(body)
      return fail(
        Result.isSuccess(error) ? reasons.get(error.success.errorName) ?? "InvalidResponse" : "InvalidResponse"
      )
    }
    const decoded = decode(body)
    return Result.isSuccess(decoded) ? Effect.succeed(decoded.success) : fail("InvalidResponse")
  }
}

// --- GetHealthStatus ---

const health = expect(Schema.Struct({
  xksProxyFleetSize: Schema.Int,
  xksProxyVendor: Schema.String,
  xksProxyModel: Schema.String,
  ekmVendor: Schema.String,
  ekmFleetDetails: Schema.Array(
    Schema.Struct({
      id: Schema.String,
      model: Schema.String,
      healthStatus: Schema.Literals(["ACTIVE", "DEGRADED", "UNAVAILABLE"])
    })
  ).check(Schema.isMinLength(1), Schema.isMaxLength(10))
}))

/** That a key manager is available. Source: AWS KMS API, XksProxyUriUnreachableException. */
export const healthOf = (reply: Reply) =>
  Effect.flatMap(
    health(reply),
    ({ ekmFleetDetails }) =>
      ekmFleetDetails.every(({ healthStatus }) => healthStatus === "UNAVAILABLE") ? fail("Unavailable") : Effect.void
  )

// --- GetKeyMetadata ---

/** Names stand in messages: they are short, and of letters that do no harm. */
const name = Schema.String.check(Schema.isPattern(/^[A-Z0-9_-]{1,32}$/))

const metadata = expect(Schema.Struct({
  keySpec: name,
  keyUsage: Schema.Array(name).check(Schema.isMaxLength(10)),
  keyStatus: Schema.Literals(["ENABLED", "DISABLED"])
}))

/** What is known of an external key. */
export const descriptionOf = (reply: Reply) =>
  Effect.map(metadata(reply), ({ keySpec, keyStatus, keyUsage }): ExternalKeyDescription => ({
    spec: keySpec,
    usages: keyUsage,
    enabled: keyStatus === "ENABLED"
  }))

// --- Encrypt and Decrypt ---

const encrypted = expect(Schema.Struct({
  ciphertext: Schema.String,
  ciphertextMetadata: Schema.optionalKey(Schema.String),
  initializationVector: Schema.String,
  authenticationTag: Schema.String,
  // It was asked for, so that it must be there.
  ciphertextDataIntegrityValue: Schema.String
}))

const decrypted = expect(Schema.Struct({ plaintext: Schema.String }))

/** The bytes, of which there are so many. */
const bytes = (text: string, ...lengths: ReadonlyArray<number>) => {
  const decoded = Base64.decode(text)
  return Result.isSuccess(decoded) && lengths.includes(decoded.success.length)
    ? Effect.succeed(decoded.success)
    : fail("InvalidResponse")
}

const upToTwenty = Array.from({ length: 21 }, (_, length) => length)

/** What was made of a plaintext of so many bytes, whole: its integrity value is that of the parts. Source: "Appendix C". */
export const wrappedOf = Effect.fnUntraced(function*(reply: Reply, length: number, aad: Uint8Array) {
  const body = yield* encrypted(reply)
  const wrapped: Wrapped = {
    ciphertext: yield* bytes(body.ciphertext, length),
    iv: yield* bytes(body.initializationVector, 12, 16),
    tag: yield* bytes(body.authenticationTag, 16),
    metadata: yield* bytes(body.ciphertextMetadata ?? "", ...upToTwenty)
  }
  const hashed = concat([aad, wrapped.metadata, wrapped.iv, wrapped.ciphertext, wrapped.tag])
  const integrity = yield* Effect.promise(() => globalThis.crypto.subtle.digest("SHA-256", hashed))
  const value = Base64.encode(new Uint8Array(integrity))
  return value === body.ciphertextDataIntegrityValue ? wrapped : yield* fail("InvalidResponse")
})

/** The plaintext, which is as long as its ciphertext. */
export const plaintextOf = (reply: Reply, length: number) =>
  Effect.flatMap(decrypted(reply), ({ plaintext }) => bytes(plaintext, length))
