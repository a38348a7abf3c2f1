/** `@aws-sdk/client-kms` over HTTP. */
import { KMSClient } from "@aws-sdk/client-kms"
import type { Client } from "../support/Client.ts"
import { ownEnvelopes } from "./OwnEnvelopes.ts"
import { callerThrough, configuration } from "./Sdk.ts"

export const sdkOverHttp = (endpoint: string): Client => {
  const clients: Array<KMSClient> = []
  return {
    name: "client-kms",
    as: (identity) => {
      const client = new KMSClient({ ...configuration(identity), endpoint })
      clients.push(client)
      return callerThrough(client)
    },
    envelopes: ownEnvelopes,
    correctsClock: true,
    close: async () => clients.forEach((client) => client.destroy())
  }
}
