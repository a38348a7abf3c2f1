import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyArn } from "../domain/Arn.ts"
import { keyId } from "../domain/Members.ts"
import { listed, regionName, settling } from "../domain/Region.ts"
import { NotFoundException, UnsupportedOperationException } from "../Errors.ts"
import { row } from "../lifecycle/Row.ts"
import { needPrimary } from "./internal/Rotation.ts"
import {
  type Absent,
  type Find,
  isAbsent,
  type LoadedKey,
  operation,
  type Permission,
  type RecordChange,
  type Request
} from "./Operation.ts"

/** The primary, and the replica that is to be it. */
export interface ToUpdate {
  readonly key: LoadedKey
  readonly replica: LoadedKey | Absent
}

const input = Schema.Struct({ KeyId: keyId, PrimaryRegion: regionName })

const action = "kms:UpdatePrimaryRegion"

/** Makes a replica the primary of its multi-Region key, and the primary a replica. */
export const UpdatePrimaryRegion = operation({
  name: "UpdatePrimaryRegion",
  actions: [action],
  readOnly: false,
  input,
  output: Schema.Void,
  states: row({
    Enabled: "proceeds",
    Disabled: "DisabledException",
    PendingDeletion: "KMSInvalidStateException",
    PendingImport: "KMSInvalidStateException",
    Unavailable: "KMSInvalidStateException",
    Creating: "KMSInvalidStateException",
    Updating: "proceeds"
  }),
  load: Effect.fnUntraced(function*({ KeyId, PrimaryRegion }: typeof input.Type, find: Find) {
    const key = yield* find.key(KeyId, { action, aliases: false, crossAccount: false })
    const { account, keyId } = key.record
    const replica: LoadedKey | Absent = (yield* find.in(PrimaryRegion).keyOf(account, keyId)) ??
      new NotFoundException({ message: `Key '${keyArn({ account, region: PrimaryRegion }, keyId)}' does not exist` })
    const loaded: ToUpdate = { key, replica }
    return loaded
  }),
  // A new primary that is not enabled would keep its replicas from being rotated.
  guards: ({ key, replica }: ToUpdate) => isAbsent(replica) ? [key] : [key, replica],
  permissions: (_input, { key, replica }: ToUpdate): ReadonlyArray<Permission> => [
    { action, resource: key },
    { action, resource: replica }
  ],
  conditions: (input) => ({ "kms:PrimaryRegion": input.PrimaryRegion }),
  decide: Effect.fnUntraced(function*(
    { input: { PrimaryRegion: primary }, limits, now, records: { key, replica } }: Request<typeof input.Type, ToUpdate>
  ) {
    yield* needPrimary(key, true)
    if (isAbsent(replica)) return yield* replica
    if (primary === key.record.region) {
      return yield* new UnsupportedOperationException({ message: `${key.arn} is the primary key already.` })
    }
    const replicas = (key.record.multiRegion?.replicas ?? []).map((one) =>
      one.region === primary ? listed(key.record) : one
    )
    const changes = [key, replica].map((before): RecordChange => ({
      _tag: "PutKey",
      before,
      record: {
        ...settling(before.record, "Updating", now, limits.multiRegionSettling),
        multiRegion: { primary, replicas }
      }
    }))
    return { output: undefined, changes }
  })
})
