/** An external key manager in memory: what stands behind custom key stores in tests. */
import {
  type Connection,
  KeyStoreFailure,
  type KeyStoreFailureReason,
  type Provider,
  type Wrapped
} from "@keystead/core/custom-stores/KeyStoreProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"

/** The key manager, and the ways in which it can fail. */
export interface KeyManager {
  readonly provider: Provider
  /** The secrets that connections came with. */
  readonly secrets: Set<string>
  /** How many times it was asked for anything. */
  asked: number
  failing: KeyStoreFailureReason | undefined
  /** What happens while it is asked for a key, once. */
  meanwhile: Effect.Effect<unknown> | undefined
  /** Changes what Encrypt gives, or Decrypt. */
  edit: ((wrapped: Wrapped) => Wrapped) | undefined
  editPlaintext: ((plaintext: Uint8Array) => Uint8Array) | undefined
}

/** A key manager that has every key there is. */
export const makeKeyManager = (): KeyManager => {
  const keys = new Map<string, Uint8Array>()
  const secretOf = (keyId: string) => {
    const secret = keys.get(keyId) ?? randomBytes(32)
    keys.set(keyId, secret)
    return secret
  }
  const fail = (reason: KeyStoreFailureReason) => Effect.fail(new KeyStoreFailure({ reason }))
  const ask = <A>(connection: Connection, answer: () => Effect.Effect<A, KeyStoreFailure>) =>
    // Others go on meanwhile, as they do while a request is on its way.
    Effect.flatMap(Effect.yieldNow, () => {
      manager.asked++
      manager.secrets.add(Redacted.value(connection.secretAccessKey))
      return manager.failing === undefined ? answer() : fail(manager.failing)
    })
  const provider: Provider = {
    health: (connection) => ask(connection, () => Effect.void),
    describeKey: (connection) =>
      ask(connection, () => {
        const { meanwhile = Effect.void } = manager
        manager.meanwhile = undefined
        return Effect.as(meanwhile, { spec: "AES_256", usages: ["ENCRYPT", "DECRYPT"], enabled: true })
      }),
    encrypt: (connection, keyId, plaintext, aad) =>
      ask(connection, () => {
        const iv = randomBytes(12)
        const cipher = createCipheriv("aes-256-gcm", secretOf(keyId), iv).setAAD(aad)
        const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
        const wrapped = { ciphertext, iv, tag: cipher.getAuthTag(), metadata: new Uint8Array(0) }
        return Effect.succeed(manager.edit?.(wrapped) ?? wrapped)
      }),
    decrypt: (connection, keyId, { ciphertext, iv, tag }, aad) =>
      ask(connection, () => {
        try {
          const decipher = createDecipheriv("aes-256-gcm", secretOf(keyId), iv).setAAD(aad).setAuthTag(tag)
          const plaintext = Buffer.concat([decipher.update(ciphertext), decipher.final()])
          return Effect.succeed(manager.editPlaintext?.(plaintext) ?? plaintext)
        } catch {
          return fail("InvalidCiphertext")
        }
      })
  }
  const manager: KeyManager = {
    provider,
    secrets: new Set(),
    asked: 0,
    failing: undefined,
    meanwhile: undefined,
    edit: undefined,
    editPlaintext: undefined
  }
  return manager
}

/** A request to CreateCustomKeyStore that is carried out. */
export const storeInput = {
  CustomKeyStoreName: "store",
  CustomKeyStoreType: "EXTERNAL_KEY_STORE",
  XksProxyConnectivity: "PUBLIC_ENDPOINT",
  XksProxyUriEndpoint: "https://xks.example.org",
  XksProxyUriPath: "/kms/xks/v1",
  XksProxyAuthenticationCredential: {
    AccessKeyId: "ABCDEFGHIJ234567ABCD",
    RawSecretAccessKey: "c2VjcmV0IG9mIHRoZSBwcm94eSwgMzIgYnl0ZXMgbG9uZyE="
  }
} as const
