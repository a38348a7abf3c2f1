/** AWS's own client for JavaScript: over HTTP, or in this process. */
import * as sdk from "@aws-sdk/client-kms"
import { type Caller, callerOf, type Identity, ServiceError } from "../support/Client.ts"

/** The client's configuration for an identity, beyond what is specific to a way of reaching the endpoint. */
export const configuration = ({ accessKeyId, region, secretAccessKey, sessionToken, skew }: Identity) => ({
  region,
  credentials: { accessKeyId, secretAccessKey, ...sessionToken === undefined ? {} : { sessionToken } },
  systemClockOffset: skew,
  // A refused signature is tried once more, with the clock set right.
  maxAttempts: 2
})

/** A refusal as the SDK shows it, to what the story asks of one. */
export const shown = (error: unknown): unknown =>
  error instanceof sdk.KMSServiceException
    ? new ServiceError({
      name: error.name,
      message: error.message,
      status: error.$metadata.httpStatusCode,
      requestId: error.$metadata.requestId
    })
    : error

/** Calls through the client. */
export const callerThrough = (client: sdk.KMSClient): Caller =>
  callerOf({
    call: async (name, input) => {
      try {
        return await client.send(Reflect.construct(Reflect.get(sdk, `${name}Command`), [input]))
      } catch (error) {
        throw shown(error)
      }
    },
    all: async (name, input, member, pageSize) => {
      const paginate: (config: object, input: object) => AsyncIterable<object> = Reflect.get(sdk, `paginate${name}`)
      const entries: Array<unknown> = []
      for await (const page of paginate({ client, pageSize }, input)) entries.push(...Reflect.get(page, member))
      return entries
    }
  })
