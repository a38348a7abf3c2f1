/**
 * The audit trail of the keys in this browser, in a database of its own: one line of JSON an event, each of which carries
 * the hash of the one before it. Each page that is open has a chain of its own in it.
 */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as Chain from "@keystead/core/audit/Chain"
import { eventJson } from "@keystead/core/audit/EventJson"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb"
import type { Trail } from "../backend/Backend.ts"

interface Schema extends DBSchema {
  readonly lines: { readonly key: number; readonly value: string }
}

/** A trail that is written. */
export interface AuditStore extends Trail {
  /** Takes an event; whoever waits for it knows that it is kept. */
  readonly add: (event: AuditEvent) => Promise<void>
  readonly close: () => Promise<void>
}

const databaseName = "keystead-console-audit"

/** Deletes the trail. */
export const erase = (): Promise<void> => deleteDB(databaseName)

const openDatabase = (): Promise<IDBPDatabase<Schema>> =>
  openDB<Schema>(databaseName, 1, {
    upgrade: (database) => void database.createObjectStore("lines", { autoIncrement: true })
  })

const readLast = async (database: IDBPDatabase<Schema>, count: number): Promise<ReadonlyArray<string>> => {
  const lines: Array<string> = []
  let cursor = await database.transaction("lines").store.openCursor(null, "prev")
  while (cursor !== null && lines.length < count) {
    lines.push(cursor.value)
    cursor = await cursor.continue()
  }
  return lines.reverse()
}

/** Opens the trail, and begins a chain. */
export const open = async (): Promise<AuditStore> => {
  const database = await openDatabase()
  let tail = Chain.begin(crypto.randomUUID())
  // One after the other: each entry needs the hash of the one before.
  let last = Promise.resolve()

  const write = async (event: AuditEvent): Promise<void> => {
    const linked = await Effect.runPromise(Effect.provide(Chain.link(tail, eventJson(event)), WebCrypto.layer))
    await database.add("lines", JSON.stringify(linked.entry))
    tail = linked.tail
  }

  return {
    add: (event) => {
      const written = last.then(() => write(event))
      last = written.catch(() => undefined)
      return written
    },
    last: (count) => readLast(database, count),
    all: async () => (await database.getAll("lines")).map((line) => `${line}\n`).join(""),
    close: async () => {
      await last
      database.close()
    }
  }
}
