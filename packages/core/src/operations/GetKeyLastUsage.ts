import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { usageId } from "../domain/KeyRecord.ts"
import { LastUsage, Since, sinceId, type Use } from "../domain/LastUsage.ts"
import { keyId, optional, text, timestamp, told } from "../domain/Members.ts"
import { LastUsages } from "../interpreter/LastUsages.ts"
import { always } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { type Find, type OneKey, operation, reply } from "./Operation.ts"

const manage = manageKey("kms:GetKeyLastUsage")

/** The key, and what is persisted: its last use, and from when on such a thing is. */
export interface KeyWithUsage extends OneKey {
  readonly usage: LastUsage | undefined
  readonly since: number | undefined
}

/** The later of what is persisted and what is noted, unless it is of a key that had the same id before. */
const latest = (
  created: number,
  persisted: LastUsage | undefined,
  noted: LastUsage | undefined
): LastUsage | undefined => {
  const last = persisted !== undefined && noted !== undefined && persisted.time > noted.time
    ? persisted
    : noted ?? persisted
  return last !== undefined && last.time >= created ? last : undefined
}

/**
 * Tells when a KMS key was last used with success, for what, and as which request. Other processes tell what they noted
 * when they persist it. There is no CloudTrail, and so no CloudTrailEventId: the request's id is in its audit event.
 */
export const GetKeyLastUsage = operation({
  name: "GetKeyLastUsage",
  readOnly: true,
  input: Schema.Struct({ KeyId: keyId }),
  output: Schema.Struct({
    KeyId: optional(text({})),
    KeyLastUsage: optional(Schema.Struct({
      Operation: optional(told<ReadonlyArray<Use>>()),
      Timestamp: optional(timestamp),
      CloudTrailEventId: optional(text({})),
      KmsRequestId: optional(text({}))
    })),
    TrackingStartDate: optional(timestamp),
    KeyCreationDate: optional(timestamp)
  }),
  states: always,
  actions: manage.actions,
  load: (input, find: Find) =>
    Effect.gen(function*() {
      const { key } = yield* manage.load(input, find)
      const usage = yield* find.reader(LastUsage).read(usageId(key.record))
      const since = yield* find.reader(Since).read(sinceId)
      const loaded: KeyWithUsage = { key, usage: usage?.content, since: since?.content }
      return loaded
    }),
  guards: (loaded: KeyWithUsage) => manage.guards(loaded),
  permissions: (input, loaded: KeyWithUsage) => manage.permissions(input, loaded),
  decide: Effect.fnUntraced(function*({ records: { key, since, usage } }) {
    const notes = yield* LastUsages
    const { created, keyId: KeyId } = key.record
    const last = latest(created, usage, notes.noted(key.arn))
    return reply({
      KeyId,
      KeyLastUsage: last === undefined ? {} : {
        Operation: last.operation,
        Timestamp: new Date(last.time),
        KmsRequestId: last.requestId
      },
      TrackingStartDate: new Date(Math.max(created, since ?? notes.since)),
      KeyCreationDate: new Date(created)
    })
  })
})
