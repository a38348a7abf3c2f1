/** An event as what a chain links and a store keeps: plain JSON, in which members that are undefined are not there. */
import type { Json } from "../storage/Storage.ts"
import type { AuditEvent } from "./AuditEvent.ts"

export function eventJson(event: AuditEvent): Json
export function eventJson(event: AuditEvent): unknown {
  const json: unknown = JSON.parse(JSON.stringify(event))
  return json
}
