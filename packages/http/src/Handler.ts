/**
 * AWS KMS over HTTP, on web-standard types only: a function from a request to its reply, for any server, any worker, or
 * none.
 */
import type { Kms } from "@keystead/core/Kms"
import { type Answer, endpoint, type EndpointOptions, unread } from "./Endpoint.ts"
import * as Incoming from "./Incoming.ts"
import { Refused, refused } from "./Refused.ts"

/** A function from requests to replies. It never rejects. */
export type Handler = (request: Request) => Promise<Response>

const unreadable = (error: unknown) =>
  error instanceof Refused ? error : refused("MalformedHttpRequestException", "The request could not be read.")

const response = ({ body, headers, status }: Answer): Response => new Response(body ?? null, { status, headers })

/** The endpoint of a Keystead. */
export const handler = (kms: Kms["Service"], options: EndpointOptions): Handler => {
  const answer = endpoint(kms, options)
  return async (request) => {
    try {
      return response(await answer(await Incoming.fromRequest(request)))
    } catch (error) {
      return response(unread(unreadable(error)))
    }
  }
}
