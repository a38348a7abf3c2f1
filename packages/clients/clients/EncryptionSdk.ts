/**
 * The AWS Encryption SDK with its KMS keyring, over `@aws-sdk/client-kms`: data of any size goes through it, everything
 * else through the client below it.
 */
import { AlgorithmSuiteIdentifier, buildClient, CommitmentPolicy, KmsKeyringNode } from "@aws-crypto/client-node"
import { KMS } from "@aws-sdk/client-kms"
import type { Caller, Client, Envelopes, Identity } from "../support/Client.ts"
import { callerThrough, configuration, shown } from "./Sdk.ts"

type KeyringInput = NonNullable<ConstructorParameters<typeof KmsKeyringNode>[0]>
type Provider = NonNullable<KeyringInput["clientProvider"]>

/** Without a signature: the suite that Keystead's envelopes have. */
const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY

const { decrypt, encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)

export const encryptionSdk = (endpoint: string): Client => {
  const clients: Array<KMS> = []
  const identities = new Map<Caller, Identity>()

  /** The SDK asks it for a client of the key's Region, or of none if it has but an alias. */
  const providerOf = (caller: Caller): Provider => () => {
    const identity = identities.get(caller)
    if (identity === undefined) throw new Error("The caller is another client's")
    // Two packages of AWS's do not agree on what may be undefined.
    return Reflect.construct(KMS, [{ ...configuration(identity), endpoint }])
  }

  const envelopes: Envelopes = {
    seal: async (caller, generatorKeyId, plaintext, encryptionContext) => {
      const keyring = new KmsKeyringNode({ generatorKeyId, clientProvider: providerOf(caller) })
      try {
        return new Uint8Array((await encrypt(keyring, plaintext, { suiteId, encryptionContext })).result)
      } catch (error) {
        throw shown(error)
      }
    },
    open: async (caller, message) => {
      const keyring = new KmsKeyringNode({ discovery: true, clientProvider: providerOf(caller) })
      try {
        return new Uint8Array((await decrypt(keyring, Buffer.from(message))).plaintext)
      } catch (error) {
        throw shown(error)
      }
    }
  }

  return {
    name: "client-node",
    as: (identity) => {
      const client = new KMS({ ...configuration(identity), endpoint })
      clients.push(client)
      const caller = callerThrough(client)
      identities.set(caller, identity)
      return caller
    },
    envelopes,
    correctsClock: true,
    close: async () => clients.forEach((client) => client.destroy())
  }
}
