/**
 * The records in a Durable Object: read, and committed each commit once, under one root key, with the alarm set to what
 * falls due next. Everything here is done without waiting, so that nothing comes in between.
 */
import type { DurableObjectStorage } from "@cloudflare/workers-types"
import { StorageError } from "@keystead/core/Errors"
import { duePrefix } from "@keystead/core/interpreter/Changes"
import type { Storage, StoredRecord } from "@keystead/core/storage/Storage"
import * as DurableObject from "@keystead/storage-sql/DurableObject"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Answer, type Answers, asAnswer, type Question, rootKeySecret } from "./Question.ts"

/** For how long a commit is known by its name: a Worker that got no answer asks again within seconds. */
const remembered = 10 * 60 * 1000

type Asked<Ask extends Question["ask"]> = Extract<Question, { readonly ask: Ask }>

const otherRootKey = () =>
  new StorageError({
    reason: "Incompatible",
    place: rootKeySecret,
    message: "The Durable Object's records belong to another root key than KEYSTEAD_ROOT_KEY is. Restore that secret."
  })

/** What is here beside the store's own tables. */
const tables = [
  "keystead_root_key (key TEXT NOT NULL)",
  "keystead_commits (id TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL)"
]

const answerOf = <A>(run: Effect.Effect<A, Parameters<typeof asAnswer>[0]>): Answer<A> => {
  const result = Effect.runSync(Effect.result(run))
  return Result.isSuccess(result) ? { done: result.success } : asAnswer(result.failure)
}

/** When the entry of the index falls due: its id is `due/<time>/…`. */
const timeOf = (id: string): number => Date.parse(id.split("/")[1] ?? "")

/** The records in the object whose storage that is. */
export class ObjectRecords {
  readonly #ctx: DurableObjectStorage
  #opened: Storage["Service"] | undefined
  #rootKey: string | undefined

  constructor(ctx: DurableObjectStorage) {
    this.#ctx = ctx
  }

  /** Whether nothing was ever committed. Who only asks for an account that is not there leaves nothing behind. */
  isEmpty(): boolean {
    const table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'keystead_records'"
    return this.#opened === undefined && this.#ctx.sql.exec(table).toArray().length === 0
  }

  /** The store, as the core knows one. */
  storage(): Effect.Effect<Storage["Service"], StorageError> {
    if (this.#opened !== undefined) return Effect.succeed(this.#opened)
    return Effect.tap(DurableObject.make({ storage: this.#ctx }), (made) =>
      Effect.sync(() => {
        for (const table of tables) this.#ctx.sql.exec(`CREATE TABLE IF NOT EXISTS ${table}`)
        this.#opened = made
      }))
  }

  /** The check value of the root key that the records were made with; undefined while there are none. */
  rootKey(): string | undefined {
    if (this.#rootKey !== undefined || this.isEmpty()) return this.#rootKey
    Effect.runSync(this.storage())
    const [row] = this.#ctx.sql.exec<{ key: string }>("SELECT key FROM keystead_root_key").toArray()
    return this.#rootKey = row?.key
  }

  read({ ids, key }: Asked<"read">): Answer<Answers["read"]> {
    return this.#looked(key, (store) => Effect.map(store.read(ids), (found) => [...found.values()]))
  }

  scan({ key, range }: Asked<"scan">): Answer<Answers["scan"]> {
    return this.#looked(key, (store) => store.scan(range))
  }

  /** A commit of the same name is done once. */
  commit(question: Asked<"commit">): Answer<Answers["commit"]> {
    try {
      return this.#ctx.transactionSync(() => this.#commitOnce(question))
    } catch (error) {
      // What was made on the way was taken back.
      this.#opened = undefined
      this.#rootKey = undefined
      throw error
    }
  }

  /** Sets the alarm to what falls due next, or takes it off. */
  setAlarm(): void {
    const first = Effect.runSync(Effect.flatMap(this.storage(), (store) => store.scan({ prefix: duePrefix, limit: 1 })))
    const [next] = first
    if (next === undefined) void this.#ctx.deleteAlarm()
    else void this.#ctx.setAlarm(Math.max(timeOf(next.id), Date.now()))
  }

  #looked(
    key: string,
    look: (store: Storage["Service"]) => Effect.Effect<ReadonlyArray<StoredRecord>, StorageError>
  ): Answer<ReadonlyArray<StoredRecord>> {
    if (this.isEmpty()) return { done: [] }
    return answerOf(Effect.flatMap(this.storage(), (store) => Effect.andThen(this.#needKey(key), look(store))))
  }

  #needKey(key: string): Effect.Effect<void, StorageError> {
    return Effect.suspend(() => (this.rootKey() ?? key) === key ? Effect.void : Effect.fail(otherRootKey()))
  }

  #commitOnce({ changes, id, key }: Asked<"commit">): Answer<null> {
    const opened = answerOf(Effect.as(this.storage(), null))
    if (!("done" in opened)) return opened
    const { sql } = this.#ctx
    if (sql.exec("SELECT 1 FROM keystead_commits WHERE id = ?", id).toArray().length > 0) return { done: null }
    const committed = Effect.flatMap(this.storage(), (store) => store.commit(changes))
    const answer = answerOf(Effect.as(Effect.andThen(this.#needKey(key), committed), null))
    if (!("done" in answer)) return answer
    if (this.rootKey() === undefined) sql.exec("INSERT INTO keystead_root_key (key) VALUES (?)", key)
    const now = Date.now()
    sql.exec("DELETE FROM keystead_commits WHERE at < ?", now - remembered)
    sql.exec("INSERT INTO keystead_commits (id, at) VALUES (?, ?)", id, now)
    if (changes.some((change) => change.id.startsWith(duePrefix))) this.setAlarm()
    return answer
  }
}
