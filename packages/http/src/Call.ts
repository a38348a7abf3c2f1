/** One request of the AWS JSON protocol, from its bytes to the bytes of its reply. */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import type { Kms } from "@keystead/core/Kms"
import * as JsonCodec from "@keystead/core/operations/JsonCodec"
import type { Operation } from "@keystead/core/operations/Operation"
import type { Json } from "@keystead/core/storage/Storage"
import * as Utf8 from "@keystead/core/Utf8"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Authenticate, Authenticated } from "./auth/Authenticate.ts"
import type { Incoming } from "./Incoming.ts"
import { Refused, refused } from "./Refused.ts"
import { mediaType } from "./Reply.ts"

/** What a call needs. */
export interface CallOptions {
  readonly authenticate: Authenticate
  /** Gets an event for each request that authentication refuses. Those that come through are audited by the Kms. */
  readonly audit?: (event: AuditEvent) => Effect.Effect<void>
}

interface Codecs {
  readonly input: JsonCodec.JsonCodec
  readonly output: JsonCodec.JsonCodec
  /** Whether its reply is empty. */
  readonly silent: boolean
}

const codecs = new WeakMap<Operation, Codecs>()

const codecsOf = (operation: Operation): Codecs => {
  const known = codecs.get(operation)
  if (known !== undefined) return known
  const made: Codecs = {
    input: JsonCodec.of(operation.input),
    output: JsonCodec.of(operation.output),
    silent: operation.output.ast._tag === "Void"
  }
  codecs.set(operation, made)
  return made
}

const targetForm = /^TrentService\.([A-Za-z0-9]{1,128})$/

/** The name of the operation that the request asks for. */
export const nameOf = (request: Incoming): string | undefined =>
  targetForm.exec(request.header("x-amz-target") ?? "")?.[1]

const needProtocol = (request: Incoming): Refused | undefined => {
  if (request.method !== "POST") {
    return new Refused({ code: "MalformedHttpRequestException", message: "Requests are sent by POST.", status: 405 })
  }
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase()
  return type === mediaType ? undefined : new Refused({
    code: "MalformedHttpRequestException",
    message: `Requests have the Content-Type ${mediaType}.`,
    status: 415
  })
}

const parse = (body: Uint8Array): Result.Result<unknown, Refused> => {
  const text = Utf8.decode(body)
  return Result.try({
    try: (): unknown => JSON.parse(text ?? ""),
    // The parser's own message quotes the text.
    catch: () => refused("SerializationException", "The body of the request must be JSON in UTF-8.")
  })
}

const unknownOperation = () =>
  refused("UnknownOperationException", "X-Amz-Target must be TrentService. and the name of an operation.")

/** Who was refused is not known: the event tells no principal. */
const refusalEvent = (name: string | undefined, requestId: string, error: Refused): AuditEvent => ({
  eventVersion: "1.11",
  eventTime: new Date().toISOString(),
  eventSource: "kms.amazonaws.com",
  eventName: name ?? "",
  awsRegion: "",
  userIdentity: { arn: "", accountId: "" },
  requestID: requestId,
  eventType: "AwsApiCall",
  readOnly: true,
  recipientAccountId: "",
  requestParameters: null,
  resources: [],
  errorCode: error.code,
  errorMessage: error.message
})

const authenticated = (
  request: Incoming,
  requestId: string,
  { audit, authenticate }: CallOptions
): Effect.Effect<Authenticated, Refused> =>
  audit === undefined
    ? authenticate(request)
    : Effect.tapError(authenticate(request), (error) => audit(refusalEvent(nameOf(request), requestId, error)))

/** Protocol, authentication, operation, body, call: errors show in this order. The JSON of the reply; none if it says nothing. */
export const call = Effect.fnUntraced(
  function*(kms: Kms["Service"], request: Incoming, requestId: string, options: CallOptions) {
    const problem = needProtocol(request)
    if (problem !== undefined) return yield* problem
    const { caller, region } = yield* authenticated(request, requestId, options)
    const name = nameOf(request)
    if (name === undefined) return yield* unknownOperation()
    const operation = yield* kms.named(name)
    const { input, output, silent } = codecsOf(operation)
    const value = yield* Effect.fromResult(Result.flatMap(parse(request.body), input.decode))
    const reply: unknown = yield* kms.execute(operation, value, { caller, region, requestId })
    const json: Json | undefined = silent ? undefined : output.encode(reply)
    return json
  }
)
