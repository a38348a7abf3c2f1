/** Replies as AWS's JSON 1.1 protocol writes them. Source: Smithy's AWS JSON 1.1 protocol; kms-semantics 2.1, 2.13. */
import type { Json } from "@keystead/core/storage/Storage"
import * as Cause from "effect/Cause"
import { Refused } from "./Refused.ts"

/** A reply, before it is bytes. */
export interface Reply {
  readonly status: number
  readonly body: string
  /** The error's name, if it is one; for logs. */
  readonly error?: string
}

/** The media type of requests and replies. */
export const mediaType = "application/x-amz-json-1.1"

/** An operation's reply. One that has nothing to say has an empty body. */
export const success = (output: Json | undefined): Reply => ({
  status: 200,
  body: output === undefined ? "" : JSON.stringify(output)
})

/** AWS leaves some messages out altogether. */
const failure = (status: number, error: string, message: string): Reply => ({
  status,
  error,
  body: JSON.stringify(message === "" ? { __type: error } : { __type: error, message })
})

interface ServiceError {
  readonly _tag: string
  readonly message: string
  readonly $fault: "client" | "server"
  readonly status: number
}

const isServiceError = (error: unknown): error is ServiceError =>
  typeof error === "object" && error !== null && "$fault" in error && "_tag" in error && "status" in error

/** What a client may know of a fault of the store or of Keystead itself: that there was one. */
const internal = (): Reply =>
  failure(500, "KMSInternalException", "The request failed for an internal reason. Try it again.")

/** The reply to a call that failed. AWS answers 400 for every fault of a client, whatever its model says. */
export const ofFailure = (cause: Cause.Cause<unknown>): Reply => {
  const failed = cause.reasons.find(Cause.isFailReason)?.error
  if (failed instanceof Refused) return failure(failed.status, failed.code, failed.message)
  if (!isServiceError(failed)) return internal()
  return failure(failed.$fault === "client" ? 400 : failed.status, failed._tag, failed.message)
}
