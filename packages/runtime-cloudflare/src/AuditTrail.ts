/**
 * Audit events in the Durable Object of the account that called: as chains that show what was altered, the newest 100,000
 * events at least. Requests that authentication refused are in the object of no account.
 *
 * By default an event goes there when the reply has gone out, with those of the next moment: what is lost with an isolate
 * that ends suddenly are its last events. With "required" no call succeeds before its event is stored.
 */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import type { StorageError } from "@keystead/core/Errors"
import type { Json } from "@keystead/core/storage/Storage"
import { waitUntil } from "cloudflare:workers"
import * as Effect from "effect/Effect"
import type { KeysteadNamespace } from "./Bindings.ts"
import { nameOf } from "./object/ObjectName.ts"
import type { EventPage } from "./object/Question.ts"
import { ask } from "./ObjectStorage.ts"

/** How long events wait for others, in milliseconds. */
const gathering = 50

/** How many events wait for an object that does not answer. Those beyond are told to the log, and lost. */
const mostWaiting = 10_000

/** An event is plain data. */
function asJson(event: AuditEvent): Json
function asJson(event: AuditEvent): unknown {
  return event
}

const noteIn = (namespace: KeysteadNamespace, name: string, events: ReadonlyArray<Json>) =>
  Effect.catchTag(ask(namespace, name, { ask: "note", writer: name, events }), "CommitConflict", Effect.die)

/** Takes an event. */
export type Emit = (event: AuditEvent) => Effect.Effect<void>

/** Waits for the event to be stored. A call whose event is not stored fails, whatever it has done. */
const required = (namespace: KeysteadNamespace): Emit => (event) =>
  Effect.asVoid(Effect.orDie(noteIn(namespace, nameOf(event.recipientAccountId), [asJson(event)])))

/** Sends events on after the reply, those of all requests of a moment together. */
const behind = (namespace: KeysteadNamespace): Emit => {
  let waiting = new Map<string, Array<Json>>()
  let count = 0

  const send = (name: string, events: ReadonlyArray<Json>): Effect.Effect<void> =>
    Effect.catch(Effect.asVoid(noteIn(namespace, name, events)), (error) => {
      if (count + events.length > mostWaiting) {
        return Effect.logError(`${events.length} audit events are lost: ${error.message}`)
      }
      waiting.set(name, [...events, ...(waiting.get(name) ?? [])])
      count += events.length
      return Effect.logWarning(`${events.length} audit events wait: ${error.message}`)
    })

  const flush = Effect.suspend(() => {
    const all = waiting
    waiting = new Map()
    count = 0
    return Effect.forEach(all, ([name, events]) => send(name, events), { discard: true, concurrency: "unbounded" })
  })

  return (event) =>
    Effect.sync(() => {
      const name = nameOf(event.recipientAccountId)
      const others = waiting.get(name)
      if (others === undefined) waiting.set(name, [asJson(event)])
      else others.push(asJson(event))
      count++
      // Each request sends what is there by then: what another one began would end with it.
      waitUntil(Effect.runPromise(Effect.delay(flush, gathering)))
    })
}

/** What takes the events of a Keystead in these objects. */
export const emitTo = (namespace: KeysteadNamespace, audit: "required" | "behind"): Emit =>
  audit === "required" ? required(namespace) : behind(namespace)

/** Which entries of a trail to read. */
export interface EventRange {
  /** Only those after the one of that number; from the oldest on, if none is given. */
  readonly after?: number
  /** At most so many: 1 to 1,000, and 1,000 if nothing is said. */
  readonly limit?: number
}

/** For administrators: entries of an account's audit trail, oldest first; without an account, of what was refused. */
export const readEvents = (
  namespace: KeysteadNamespace,
  account: string | undefined,
  { after = 0, limit = 1000 }: EventRange
): Effect.Effect<EventPage, StorageError> =>
  Effect.catchTag(ask(namespace, nameOf(account), { ask: "events", after, limit }), "CommitConflict", Effect.die)
