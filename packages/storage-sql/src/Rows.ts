/** Rows of a database as records. */
import type { StorageError } from "@keystead/core/Errors"
import { frozenCopy } from "@keystead/core/storage/Acceptable"
import type { Json, StoredRecord } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import type { Row } from "effect/sql/SqlConnection"
import { corrupt } from "./Failure.ts"
import * as RecordId from "./RecordId.ts"

/**
 * The records whose rows those are, in the order of their ids and parts. "Corrupt" when a part is missing, belongs to
 * another commit, or the parts together are no JSON; that a last part is missing shows in that, too.
 */
export const recordsOf =
  (place: string) => (rows: ReadonlyArray<Row>): Effect.Effect<ReadonlyArray<StoredRecord>, StorageError> =>
    Effect.gen(function*() {
      const records: Array<StoredRecord> = []
      for (let index = 0; index < rows.length;) {
        const { id, version } = rows[index] ?? {}
        let text = ""
        let part = 0
        for (let row = rows[index]; row !== undefined && row["id"] === id; row = rows[++index]) {
          if (row["part"] !== part++ || row["version"] !== version) {
            return yield* corrupt(place, RecordId.fromText(String(id)))
          }
          text += String(row["value"])
        }
        const value = parsed(text)
        const name = RecordId.fromText(String(id))
        if (value === undefined) return yield* corrupt(place, name)
        records.push(Object.freeze({ id: name, version: String(version), value }))
      }
      return records
    })

const parsed = (text: string): Json | undefined => {
  try {
    return frozenCopy(JSON.parse(text))
  } catch {
    return undefined
  }
}
