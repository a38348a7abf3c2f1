/** `@aws-sdk/client-kms` with a Keystead in the same process: no port, and no network. */
import { KMSClient } from "@aws-sdk/client-kms"
import type { SdkRequestHandler } from "@keystead/http/AwsSdk"
import type { Client } from "../support/Client.ts"
import { ownEnvelopes } from "./OwnEnvelopes.ts"
import { callerThrough, configuration } from "./Sdk.ts"

export const sdkInProcess = (handler: () => SdkRequestHandler): Client => ({
  name: "in-process",
  as: (identity) => {
    // The Keystead may be opened again in between.
    const requestHandler: SdkRequestHandler = { ...handler(), handle: (request) => handler().handle(request) }
    return callerThrough(new KMSClient({ ...configuration(identity), requestHandler }))
  },
  envelopes: ownEnvelopes,
  // It sees no Date header.
  correctsClock: false,
  close: async () => undefined
})
