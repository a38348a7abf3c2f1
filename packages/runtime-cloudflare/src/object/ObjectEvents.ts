/**
 * The audit trail in a Durable Object: events as chains, each of so many events and with a writer's name of its own, so
 * that the oldest chains can go as a whole and what stays can still be verified (`core/audit/Chain.ts`).
 */
import type { DurableObjectStorage } from "@cloudflare/workers-types"
import * as Chain from "@keystead/core/audit/Chain"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { Json } from "@keystead/core/storage/Storage"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { EventPage } from "./Question.ts"

/** How many events are one chain. */
export const chainLength = 10_000

/** How many chains are kept beside the one that is being written. */
export const chainsKept = 10

/** Most events of a page. */
export const mostEvents = 1000

/** The audit trail in an object. */
export interface ObjectEvents {
  readonly note: (writer: string, events: ReadonlyArray<Json>) => void
  /** Events in their order, after the one of that number; they are counted from 1. */
  readonly page: (after: number, limit: number) => EventPage
}

function parseEntry(text: string): Chain.Entry
function parseEntry(text: string): unknown {
  const entry: unknown = JSON.parse(text)
  return entry
}

/** The trail in the object whose storage that is. */
export const make = (ctx: DurableObjectStorage, crypto: Context.Context<Crypto>): ObjectEvents => {
  const { sql } = ctx
  let prepared = false
  let number = 0
  let tail: Chain.Tail | undefined

  const rowsOf = (query: string, ...parameters: ReadonlyArray<number>) =>
    sql.exec<{ n: number; entry: string }>(query, ...parameters).toArray()

  const prepare = () => {
    if (prepared) return
    sql.exec("CREATE TABLE IF NOT EXISTS keystead_events (n INTEGER PRIMARY KEY NOT NULL, entry TEXT NOT NULL)")
    const last = rowsOf("SELECT n, entry FROM keystead_events ORDER BY n DESC LIMIT 1")[0]
    if (last !== undefined) {
      const { hash, sequence, writer } = parseEntry(last.entry)
      number = last.n
      tail = { writer, sequence: sequence + 1, previous: hash }
    }
    prepared = true
  }

  /** Begins the next chain, and lets the oldest go. */
  const nextChain = (writer: string): Chain.Tail => {
    sql.exec("DELETE FROM keystead_events WHERE n <= ?", number - chainLength * chainsKept)
    return Chain.begin(`${writer}/${number / chainLength}`)
  }

  const noteOne = (writer: string, event: Json): void => {
    const at = tail === undefined || number % chainLength === 0 ? nextChain(writer) : tail
    const linked = Effect.runSync(Effect.provideContext(Chain.link(at, event), crypto))
    sql.exec("INSERT INTO keystead_events (n, entry) VALUES (?, ?)", number + 1, JSON.stringify(linked.entry))
    number++
    tail = linked.tail
  }

  return {
    note: (writer, events) => {
      prepare()
      try {
        ctx.transactionSync(() => events.forEach((event) => noteOne(writer, event)))
      } catch (error) {
        // What was counted was taken back.
        prepared = false
        number = 0
        tail = undefined
        throw error
      }
    },
    page: (after, limit) => {
      prepare()
      const most = Math.min(Math.max(1, Math.floor(limit)), mostEvents)
      const rows = rowsOf("SELECT n, entry FROM keystead_events WHERE n > ? ORDER BY n LIMIT ?", after, most + 1)
      const last = rows.length > most ? rows[most - 1] : undefined
      return {
        entries: rows.slice(0, most).map(({ entry }) => parseEntry(entry)),
        ...(last === undefined ? {} : { next: last.n })
      }
    }
  }
}
