/**
 * What stands behind custom key stores: how Keystead reaches external key managers, which wrap and unwrap with keys that
 * never come here. The four calls are those of the AWS KMS external key store proxy API.
 *
 * The host decides: it provides this service to `Kms.layer`, for example with `XksProvider.layer` of `@keystead/xks`.
 * Without it no external key manager can be reached, and no key in a custom key store be used.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

/** Where a proxy is, and what requests to it are signed with. */
export interface Connection {
  /** `https://` and a host; on this machine also `http://` and a port. */
  readonly endpoint: string
  /** Ends with `/kms/xks/v1`. */
  readonly path: string
  /** The Region that asks, which the signature is made for. */
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted
}

/** What a request to the proxy is for: it may decide by that, and log it. */
export interface Purpose {
  /** The operation of the KMS API, such as `Encrypt`. */
  readonly operation: string
  /** As in the audit event. */
  readonly requestId: string
  /** The ARN of who called the operation. */
  readonly principal: string
  /** The ARN of the KMS key, where there is one already. */
  readonly keyArn?: string
  /** The AWS service through which it was called. */
  readonly viaService?: string
}

/** What an external key made of a plaintext, with AES-256-GCM. */
export interface Wrapped {
  /** As long as the plaintext. */
  readonly ciphertext: Uint8Array
  /** 12 or 16 bytes. */
  readonly iv: Uint8Array
  /** 16 bytes. */
  readonly tag: Uint8Array
  /** What the proxy wants to be given again; at most 20 bytes. */
  readonly metadata: Uint8Array
}

/** What is known of an external key. */
export interface ExternalKeyDescription {
  /** `AES_256`, if it can be used. */
  readonly spec: string
  /** With `ENCRYPT` and `DECRYPT`, if it can be used. */
  readonly usages: ReadonlyArray<string>
  readonly enabled: boolean
}

/** Why an external key manager did not do what it was asked. */
export type KeyStoreFailureReason =
  /** No KeyStoreProvider was given. */
  | "NoProvider"
  /** No connection comes about. */
  | "Unreachable"
  /** No secure connection comes about. */
  | "Insecure"
  /** It does not answer in time, or what stands behind it does not. */
  | "TimedOut"
  /** It is asked too often. */
  | "Throttled"
  /** None of the key managers behind the proxy is available. */
  | "Unavailable"
  /** The proxy met an error of its own, or behind it. */
  | "Internal"
  /** What it answers is not what the API says, or it does not understand what it is asked. */
  | "InvalidResponse"
  /** It does not do this. */
  | "Unsupported"
  /** It does not know the signature. */
  | "AuthenticationFailed"
  /** It does not allow this. */
  | "AccessDenied"
  /** It has nothing at this path. */
  | "InvalidPath"
  /** It has no key of this id. */
  | "KeyNotFound"
  /** The external key, or the key store behind the proxy, is disabled. */
  | "KeyDisabled"
  /** The external key is not for this. */
  | "InvalidKeyUsage"
  /** The ciphertext is not one of this external key, with this additional data. */
  | "InvalidCiphertext"

/** An external key manager did not do what it was asked. */
export class KeyStoreFailure extends Data.TaggedError("KeyStoreFailure")<{ readonly reason: KeyStoreFailureReason }> {}

/** Reaches external key managers. Each call ends in time, whatever the other side does. */
export interface Provider {
  /** Whether the proxy answers, knows the credential, and at least one key manager behind it is available. */
  readonly health: (connection: Connection, purpose: Purpose) => Effect.Effect<void, KeyStoreFailure>
  readonly describeKey: (
    connection: Connection,
    keyId: string,
    purpose: Purpose
  ) => Effect.Effect<ExternalKeyDescription, KeyStoreFailure>
  /** Encrypts with the external key; `aad` has at most 8,192 bytes, the plaintext at most 4,300. */
  readonly encrypt: (
    connection: Connection,
    keyId: string,
    plaintext: Uint8Array,
    aad: Uint8Array,
    purpose: Purpose
  ) => Effect.Effect<Wrapped, KeyStoreFailure>
  readonly decrypt: (
    connection: Connection,
    keyId: string,
    wrapped: Wrapped,
    aad: Uint8Array,
    purpose: Purpose
  ) => Effect.Effect<Uint8Array, KeyStoreFailure>
}

const unprovided = () => Effect.fail(new KeyStoreFailure({ reason: "NoProvider" }))

/** How a Keystead reaches external key managers: not at all, unless its host says how. */
export const KeyStoreProvider: Context.Reference<Provider> = Context.Reference(
  "@keystead/core/custom-stores/KeyStoreProvider",
  {
    defaultValue: (): Provider => ({
      health: unprovided,
      describeKey: unprovided,
      encrypt: unprovided,
      decrypt: unprovided
    })
  }
)
