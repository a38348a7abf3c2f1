/**
 * The Durable Object that keeps an account's records: keys, aliases and grants in all Regions, and the audit trail. A
 * Worker exports it, and names it in its configuration as a class with SQLite (`new_sqlite_classes`).
 *
 * It decides nothing but whether a commit's expectations are met; the core runs in the Worker. Its alarm does what falls
 * due: rotations, expiries, deletions. If that fails it is tried again, after a minute and then ever later, up to an hour.
 */
import type { DurableObjectState } from "@cloudflare/workers-types"
import { DurableObject } from "cloudflare:workers"
import * as Effect from "effect/Effect"
import type { ObjectEnv } from "./Bindings.ts"
import { maintain, pauseAfter } from "./object/Maintenance.ts"
import * as ObjectEvents from "./object/ObjectEvents.ts"
import { directory } from "./object/ObjectName.ts"
import { ObjectRecords } from "./object/ObjectRecords.ts"
import { type Answer, type Answers, parseAnswer, parseQuestion, type Question } from "./object/Question.ts"
import { primitives } from "./Primitives.ts"

export class KeysteadObject extends DurableObject<ObjectEnv> {
  readonly #records: ObjectRecords
  readonly #events: ObjectEvents.ObjectEvents
  #isEnlisted = false
  #failures = 0

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env)
    this.#records = new ObjectRecords(ctx.storage)
    this.#events = ObjectEvents.make(ctx.storage, primitives())
  }

  /** Answers a question of the Worker. */
  async ask(question: string): Promise<string> {
    return JSON.stringify(await this.#answer(parseQuestion(question)))
  }

  /** Does what has fallen due, and sets the alarm to what is next. */
  async alarm(): Promise<void> {
    const due = maintain(this.#records, this.env.KEYSTEAD_ROOT_KEY, primitives())
    const exit = await Effect.runPromiseExit(due)
    if (exit._tag === "Success") {
      this.#failures = 0
      if (!this.#records.isEmpty()) this.#records.setAlarm()
      return
    }
    this.#failures++
    // Cloudflare gives an alarm up that failed a few times.
    await this.ctx.storage.setAlarm(Date.now() + pauseAfter(this.#failures))
    await Effect.runPromise(Effect.logError("Keystead's alarm failed, and will ring again", exit.cause))
  }

  async #answer(question: Question): Promise<Answer<Answers[Question["ask"]]>> {
    switch (question.ask) {
      case "read":
        return this.#records.read(question)
      case "scan":
        return this.#records.scan(question)
      case "commit":
        await this.#enlist(question.account)
        return this.#records.commit(question)
      case "note":
        this.#events.note(question.writer, question.events)
        return { done: null }
      case "events":
        return { done: this.#events.page(question.after, question.limit) }
      case "enlist":
        this.#accountsTable()
        this.ctx.storage.sql.exec("INSERT OR IGNORE INTO keystead_accounts (account) VALUES (?)", question.account)
        return { done: null }
      case "accounts":
        return { done: this.#accounts() }
      default:
        return question satisfies never
    }
  }

  /** The account is known before its first record is. */
  async #enlist(account: string | undefined): Promise<void> {
    if (account === undefined || this.#isEnlisted) return
    if (this.#records.isEmpty()) {
      const question: Question = { ask: "enlist", account }
      parseAnswer(await this.env.KEYSTEAD.getByName(directory).ask(JSON.stringify(question)), "enlist")
    }
    this.#isEnlisted = true
  }

  #accountsTable(): void {
    this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS keystead_accounts (account TEXT PRIMARY KEY NOT NULL)")
  }

  #accounts(): ReadonlyArray<string> {
    this.#accountsTable()
    return this.ctx.storage.sql.exec<{ account: string }>("SELECT account FROM keystead_accounts ORDER BY account")
      .toArray().map(({ account }) => account)
  }
}
