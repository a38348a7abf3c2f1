/**
 * Where audit events go. They never go into the Storage, so that using a key writes no record.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { AuditEvent } from "./AuditEvent.ts"

export class AuditSink extends Context.Service<AuditSink, {
  /** Takes an event. A slow sink slows the callers; it never fails them. */
  readonly emit: (event: AuditEvent) => Effect.Effect<void>
}>()("@keystead/core/audit/AuditSink") {}

/** A sink over any function. */
export const layerOf = (emit: (event: AuditEvent) => Effect.Effect<void>): Layer.Layer<AuditSink> =>
  Layer.succeed(AuditSink, AuditSink.of({ emit }))

/** The last events, in memory. */
export interface MemoryAudit {
  readonly layer: Layer.Layer<AuditSink>
  /** The events that are kept, oldest first. */
  readonly events: () => ReadonlyArray<AuditEvent>
}

/** Keeps the last `capacity` events, 1 or more. */
export const memory = (capacity: number): MemoryAudit => {
  const kept: Array<AuditEvent> = []
  let next = 0
  const emit = (event: AuditEvent) =>
    Effect.sync(() => {
      kept[next] = event
      next = (next + 1) % capacity
    })
  return {
    layer: layerOf(emit),
    events: () => kept.length < capacity ? [...kept] : [...kept.slice(next), ...kept.slice(0, next)]
  }
}
