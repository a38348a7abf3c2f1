/** A request that is refused before any operation of the KMS API is asked. */
import * as Data from "effect/Data"

/** The refusals, by the names that AWS's services answer. Source: AWS KMS API reference, "Common Errors". */
export type RefusalCode =
  /** Another signature belongs to this request, or its time is too far from the present. */
  | "InvalidSignatureException"
  /** The signature lacks a part, or a part has no form. */
  | "IncompleteSignatureException"
  /** There is no signature at all. */
  | "MissingAuthenticationTokenException"
  /** The access key, or the session token, is not known. */
  | "UnrecognizedClientException"
  /** The session credentials have come to their end. */
  | "ExpiredTokenException"
  /** No such operation. */
  | "UnknownOperationException"
  /** The body is no JSON. */
  | "SerializationException"
  /** The body is longer than any request of the API. */
  | "RequestEntityTooLargeException"
  /** The request did not come in time. Send it again. */
  | "RequestTimeoutException"
  /** More requests at a time than the endpoint takes. Try again later. */
  | "ThrottlingException"
  /** The request is none of this endpoint's. */
  | "MalformedHttpRequestException"
  /** It came from a page, or for a host, that may not ask here. */
  | "AccessDeniedException"

/** Why a request is refused, as its client is told. */
export class Refused extends Data.TaggedError("Refused")<{
  readonly code: RefusalCode
  readonly message: string
  /** The HTTP status: 400 for nearly all, as AWS answers. */
  readonly status: number
}> {}

/** A refusal with status 400. */
export const refused = (code: RefusalCode, message: string): Refused => new Refused({ code, message, status: 400 })
