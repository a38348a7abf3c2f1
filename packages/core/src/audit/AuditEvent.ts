/**
 * What happened: one event for each call, allowed or refused, in the shape of CloudTrail's records. Source: AWS
 * CloudTrail user guide, "CloudTrail record contents".
 */
import type { Verdict } from "../authorization/Evaluate.ts"
import type { Caller } from "../domain/Caller.ts"
import { isSecret } from "../domain/SecretMembers.ts"
import { uncapitalize } from "../domain/Uncapitalize.ts"

/** A KMS key or alias that the call was about. */
export interface AuditResource {
  readonly accountId: string
  readonly type: "AWS::KMS::Key"
  readonly ARN: string
}

/** What was attested of whom the reply is for. Source: AWS KMS developer guide, "Monitoring attested requests". */
export interface AttestedRecipient {
  readonly recipient: Readonly<Record<string, string>>
}

export interface AuditEvent {
  readonly eventVersion: "1.11"
  /** ISO 8601, in UTC, with milliseconds. */
  readonly eventTime: string
  readonly eventSource: "kms.amazonaws.com"
  readonly eventName: string
  readonly awsRegion: string
  readonly userIdentity: { readonly arn: string; readonly accountId: string; readonly invokedBy?: string }
  readonly requestID: string
  readonly eventType: "AwsApiCall"
  readonly readOnly: boolean
  readonly recipientAccountId: string
  /** The members of a valid request, names in lower camel case; never bytes, nor secrets, grant tokens or unknown members. */
  readonly requestParameters: Readonly<Record<string, unknown>> | null
  readonly resources: ReadonlyArray<AuditResource>
  /** The error's name, if the call failed. */
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly additionalEventData?: {
    /** What the authorization turned on. It stands here and never in a reply. */
    readonly authorization: Verdict
  } & Partial<AttestedRecipient>
}

/** Everything the interpreter knows of a call when it ends. */
export interface Call {
  readonly time: number
  readonly name: string
  readonly readOnly: boolean
  readonly caller: Caller
  readonly account: string
  readonly region: string
  readonly requestId: string
  /** The request as it was understood; undefined if it was not valid. */
  readonly input: object | undefined
  readonly resources: ReadonlyArray<AuditResource>
  readonly verdict: Verdict | undefined
  readonly attested: AttestedRecipient | undefined
  readonly error: { readonly name: string; readonly message: string } | undefined
}

/** Members that stand in no event: whoever reads them there could use them, or they are as long as they are useless. */
const untold: ReadonlySet<string> = new Set(["GrantToken", "GrantTokens", "Recipient"])

const parameters = (input: object | undefined): Readonly<Record<string, unknown>> | null => {
  if (input === undefined) return null
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value instanceof Uint8Array || untold.has(name)) continue
    if (isSecret(name)) continue
    shown[uncapitalize(name)] = value instanceof Date ? value.toISOString() : value
  }
  return shown
}

/** ISO 8601 of a moment. Many calls end within one millisecond: its text is made once. */
const timeText = (() => {
  let [last, text] = [Number.NaN, ""]
  return (time: number): string => {
    if (time !== last) [last, text] = [time, new Date(time).toISOString()]
    return text
  }
})()

const identity = ({ account: accountId, caller: { principal: arn, viaService: invokedBy } }: Call) =>
  invokedBy === undefined ? { arn, accountId } : { arn, accountId, invokedBy }

/** The event of a call. */
export const auditEvent = (call: Call): AuditEvent => {
  const event: AuditEvent = {
    eventVersion: "1.11",
    eventTime: timeText(call.time),
    eventSource: "kms.amazonaws.com",
    eventName: call.name,
    awsRegion: call.region,
    userIdentity: identity(call),
    requestID: call.requestId,
    eventType: "AwsApiCall",
    readOnly: call.readOnly,
    recipientAccountId: call.account,
    requestParameters: parameters(call.input),
    resources: call.resources
  }
  const { attested, error, verdict } = call
  const authorized = verdict === undefined
    ? event
    : { ...event, additionalEventData: { authorization: verdict, ...attested } }
  return error === undefined ? authorized : { ...authorized, errorCode: error.name, errorMessage: error.message }
}
