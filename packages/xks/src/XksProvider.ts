/**
 * External key managers behind proxies that speak the AWS KMS external key store proxy API, over HTTP.
 *
 * Source: https://github.com/aws/aws-kms-xksproxy-api-spec, version 1 of the API.
 */
import {
  type Connection,
  KeyStoreFailure,
  KeyStoreProvider,
  type Provider,
  type Purpose
} from "@keystead/core/custom-stores/KeyStoreProvider"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Layer from "effect/Layer"
import { type Endpoint, endpointOf } from "./Endpoint.ts"
import { post, type Sending } from "./Exchange.ts"
import { descriptionOf, healthOf, plaintextOf, wrappedOf } from "./Replies.ts"

/** How proxies are reached. */
export interface XksOptions {
  /**
   * Milliseconds that a proxy has to answer, with the making of the connection: 1,000 by default. AWS gives its own 250,
   * over the network that is between them.
   */
  readonly timeout?: number
  /** Another way to send requests than the host's `fetch`: through a network proxy, or with a client certificate. */
  readonly fetch?: typeof globalThis.fetch
}

const defaultTimeout = 1000

/** Source: AWS KMS external key store proxy API, "RequestMetadata Fields". */
const requestMetadata = ({ keyArn, operation, principal, requestId, viaService }: Purpose) => ({
  awsPrincipalArn: principal,
  ...(keyArn === undefined ? {} : { kmsKeyArn: keyArn }),
  kmsOperation: operation,
  kmsRequestId: requestId,
  ...(viaService === undefined ? {} : { kmsViaService: viaService })
})

const algorithm = { encryptionAlgorithm: "AES_GCM" }

/** A provider over HTTP. */
export const make = (options: XksOptions = {}): Provider => {
  const sending: Sending = {
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeout: options.timeout ?? defaultTimeout
  }

  const send = Effect.fnUntraced(
    function*(connection: Connection, url: (endpoint: Endpoint) => string | undefined, content: object) {
      const endpoint = endpointOf(connection)
      if (endpoint === undefined) return yield* new KeyStoreFailure({ reason: "Insecure" })
      const address = url(endpoint)
      if (address === undefined) return yield* new KeyStoreFailure({ reason: "KeyNotFound" })
      return yield* post(sending, connection, address, content)
    }
  )

  return {
    health: (connection, { operation, requestId }) =>
      Effect.flatMap(
        send(connection, ({ health }) => health, {
          requestMetadata: { kmsRequestId: requestId, kmsOperation: operation }
        }),
        healthOf
      ),
    describeKey: (connection, keyId, purpose) =>
      Effect.flatMap(
        send(connection, ({ key }) => key(keyId, "metadata"), { requestMetadata: requestMetadata(purpose) }),
        descriptionOf
      ),
    encrypt: (connection, keyId, plaintext, aad, purpose) =>
      Effect.flatMap(
        send(connection, ({ key }) => key(keyId, "encrypt"), {
          requestMetadata: requestMetadata(purpose),
          additionalAuthenticatedData: Base64.encode(aad),
          plaintext: Base64.encode(plaintext),
          ...algorithm,
          ciphertextDataIntegrityValueAlgorithm: "SHA_256"
        }),
        (reply) => wrappedOf(reply, plaintext.length, aad)
      ),
    decrypt: (connection, keyId, { ciphertext, iv, metadata, tag }, aad, purpose) =>
      Effect.flatMap(
        send(connection, ({ key }) => key(keyId, "decrypt"), {
          requestMetadata: requestMetadata(purpose),
          additionalAuthenticatedData: Base64.encode(aad),
          ciphertext: Base64.encode(ciphertext),
          ...(metadata.length === 0 ? {} : { ciphertextMetadata: Base64.encode(metadata) }),
          ...algorithm,
          initializationVector: Base64.encode(iv),
          authenticationTag: Base64.encode(tag)
        }),
        (reply) => plaintextOf(reply, ciphertext.length)
      )
  }
}

/** The provider, as a layer to give to `Kms.layer`. */
export const layer = (options: XksOptions = {}): Layer.Layer<never> => Layer.succeed(KeyStoreProvider, make(options))
