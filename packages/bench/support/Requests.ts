/** Requests of the KMS API as AWS's SDK sends them, signed in advance: no two of them are the same. */
import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient
} from "@aws-sdk/client-kms"
import { randomBytes } from "node:crypto"

/** An endpoint, and who asks it. */
export interface Target {
  readonly url: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** A request that only needs to be sent. */
export interface Signed {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What is measured. */
export const operations = ["GenerateDataKey", "Encrypt", "Decrypt"] as const

/** One of them. */
export type Operation = (typeof operations)[number]

const configuration = ({ accessKeyId, secretAccessKey, url }: Target) => ({
  endpoint: url,
  region: "us-east-1",
  credentials: { accessKeyId, secretAccessKey }
})

/** A client that sends nothing: its requests are taken from it when they are signed. */
const taking = (target: Target) => {
  const taken: Array<Signed> = []
  const client = new KMSClient({
    ...configuration(target),
    maxAttempts: 1,
    requestHandler: {
      handle: (request: Signed) => {
        taken.push({ headers: request.headers, body: request.body })
        return Promise.reject(new Error("It is not to be sent"))
      }
    }
  })
  return { client, taken }
}

/** Signs that many requests of each operation, each with bytes of its own. The endpoint is asked for what they need. */
export const sign = async (
  target: Target,
  count: number
): Promise<Readonly<Record<Operation, ReadonlyArray<Signed>>>> => {
  const real = new KMSClient(configuration(target))

  const { KeyMetadata } = await real.send(new CreateKeyCommand({}))
  const KeyId = KeyMetadata?.KeyId
  const plaintext = () => new Uint8Array(randomBytes(32))
  const blobs: Array<Uint8Array | undefined> = []
  for (let i = 0; i < 100; i++) {
    const { CiphertextBlob } = await real.send(new EncryptCommand({ KeyId, Plaintext: plaintext() }))
    blobs.push(CiphertextBlob)
  }
  real.destroy()
  const { client, taken } = taking(target)
  for (let i = 0; i < count; i++) {
    await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" })).catch(() => {})
    await client.send(new EncryptCommand({ KeyId, Plaintext: plaintext() })).catch(() => {})
    await client.send(new DecryptCommand({ CiphertextBlob: blobs[i % blobs.length] })).catch(() => {})
  }
  if (taken.length !== 3 * count) throw new Error(`${taken.length} requests were signed, and not ${3 * count}`)
  const each = (at: number) => taken.filter((_, index) => index % 3 === at)
  return { GenerateDataKey: each(0), Encrypt: each(1), Decrypt: each(2) }
}
