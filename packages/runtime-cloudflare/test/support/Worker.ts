/**
 * The Worker that the tests run in workerd: an endpoint for everybody, and beside it ways to embed a KMS, to move the clock,
 * and to make a Durable Object fail as Cloudflare may.
 */
import type { D1Database, DurableObjectState } from "@cloudflare/workers-types"
import { contract } from "@keystead/core/storage/Contract"
import type { DatabaseEnv, KeysteadNamespace, KeysteadStub, WorkerEnv } from "@keystead/runtime-cloudflare/Bindings"
import { KeysteadObject as Base } from "@keystead/runtime-cloudflare/KeysteadObject"
import { parseQuestion } from "@keystead/runtime-cloudflare/object/Question"
import * as ObjectStorage from "@keystead/runtime-cloudflare/ObjectStorage"
import { auditEvents, type OpenKms, openKms } from "@keystead/runtime-cloudflare/OpenKms"
import { worker, type WorkerOptions } from "@keystead/runtime-cloudflare/Worker"
import * as Effect from "effect/Effect"

let offset = 0
const now = Date.now
Date.now = () => now() + offset

/** When the object is to be aborted: before a commit, or when it is done and not answered. */
type Abort = "before" | "after"

/** What a test asks of an object. */
interface TestStub extends KeysteadStub {
  readonly abortAt: (when: Abort) => Promise<void>
  readonly alarmAt: () => Promise<number | null>
  readonly ring: () => Promise<number | null>
  readonly restart: () => Promise<void>
  readonly rows: (table: string) => Promise<number>
  readonly run: (statement: string) => Promise<void>
}

interface Env extends Omit<WorkerEnv, "KEYSTEAD"> {
  readonly KEYSTEAD: { readonly getByName: (name: string) => TestStub }
  readonly D1?: D1Database
  readonly OPTIONS?: WorkerOptions
}

/**
 * An object that can be made to fail.
 *
 * @public workerd makes it.
 */
export class KeysteadObject extends Base {
  readonly #state: DurableObjectState
  #abort: Abort | undefined

  constructor(state: DurableObjectState, env: WorkerEnv) {
    super(state, env)
    this.#state = state
  }

  override async ask(question: string): Promise<string> {
    const isCommit = parseQuestion(question).ask === "commit"
    if (isCommit && this.#abort === "before") this.#state.abort("aborted before the commit")
    const answer = await super.ask(question)
    if (isCommit && this.#abort === "after") {
      await this.#state.storage.sync()
      this.#state.abort("aborted after the commit")
    }
    return answer
  }

  async abortAt(when: Abort): Promise<void> {
    this.#abort = when
  }

  async alarmAt(): Promise<number | null> {
    return this.#state.storage.getAlarm()
  }

  async ring(): Promise<number | null> {
    await this.alarm()
    return this.#state.storage.getAlarm()
  }

  async restart(): Promise<void> {
    await this.#state.storage.sync()
    this.#state.abort("restarted")
  }

  async rows(table: string): Promise<number> {
    const [row] = this.#state.storage.sql.exec(`SELECT COUNT(*) AS n FROM ${table}`).toArray()
    return Number(row?.["n"])
  }

  async run(statement: string): Promise<void> {
    this.#state.storage.sql.exec(statement)
  }
}

const checks = contract({ durable: true })

/** "" when all went well, or what went wrong. */
const outcome = (run: Effect.Effect<unknown, { readonly message: string }>): Promise<string> =>
  Effect.runPromise(Effect.match(run, { onSuccess: () => "", onFailure: (error) => error.message }))

const check = (env: Env, number: number): Promise<string> => {
  // Each check has objects of its own.
  const namespace: KeysteadNamespace = { getByName: (name) => env.KEYSTEAD.getByName(`${number}/${name}`) }
  const open = Effect.sync(() => ObjectStorage.make(namespace, "key"))
  return outcome(Effect.scoped(checks[number]?.run(open) ?? Effect.fail(new Error("No such check"))))
}

/** The story of an embedded KMS, and what it came to; or the name, reason and message of what it failed with. */
const embedded = async (env: Env, onD1: boolean): Promise<unknown> => {
  const { D1: KEYSTEAD, KEYSTEAD_ROOT_KEY } = env
  const database: DatabaseEnv | undefined = KEYSTEAD === undefined ? undefined : { KEYSTEAD, KEYSTEAD_ROOT_KEY }
  const events: Array<string> = []
  const audit = ({ eventName }: { readonly eventName: string }) => void events.push(eventName)
  const kms =
    await (onD1 && database !== undefined ? openKms(database, { audit }) : openKms(env, { audit: "required" }))
  const { KeyMetadata: { KeyId = "" } = {} } = await kms.createKey()
  const { CiphertextBlob = new Uint8Array(0) } = await kms.encrypt({
    KeyId,
    Plaintext: new TextEncoder().encode("hello")
  })
  const { Plaintext } = await kms.decrypt({ CiphertextBlob })
  const { allowed } = await kms.explain("Encrypt", { KeyId, Plaintext: new Uint8Array(1) })
  await kms.close()
  if (!onD1) {
    for (const { event } of (await auditEvents(env, "111122223333")).entries) events.push(Object(event).eventName)
  }
  return { said: new TextDecoder().decode(Plaintext), allowed, events }
}

let kept: OpenKms | undefined

/** A use of a key by a KMS that was opened in the first request; the key is made there, too. */
const used = async (env: Env, KeyId: string): Promise<unknown> => {
  kept ??= await openKms(env)
  if (KeyId === "") return (await kept.createKey()).KeyMetadata?.KeyId
  const { CiphertextBlob } = await kept.encrypt({ KeyId, Plaintext: new TextEncoder().encode("hello") })
  return new TextDecoder().decode((await kept.decrypt({ CiphertextBlob })).Plaintext)
}

/** What another KMS knows of the key's last use. */
const lastUse = async (env: Env, KeyId: string): Promise<unknown> =>
  (await (await openKms(env)).getKeyLastUsage({ KeyId })).KeyLastUsage?.Operation

/** What one Worker reads of what another one has encrypted, whose rotation of the key it does not know of. */
const rotated = async (env: Env): Promise<unknown> => {
  const [one, other] = [await openKms(env), await openKms(env)]
  const { KeyMetadata: { KeyId = "" } = {} } = await one.createKey()
  const seal = async (kms: typeof one, text: string) =>
    (await kms.encrypt({ KeyId, Plaintext: new TextEncoder().encode(text) })).CiphertextBlob
  const read = async (kms: typeof one, CiphertextBlob: Uint8Array | undefined, more = {}) =>
    new TextDecoder().decode((await kms.decrypt({ CiphertextBlob, ...more })).Plaintext)
  const before = await seal(other, "before")
  await one.rotateKeyOnDemand({ KeyId })
  const after = await seal(one, "after")
  return [await read(other, before), await read(other, after, { KeyId }), await read(other, after)]
}

const failure = (error: unknown) => {
  const { _tag: tag, message, reason }: { _tag?: string; message?: string; reason?: string } = Object(error)
  return { tag, reason, message }
}

const test = async (env: Env, [action, name = "", value = ""]: ReadonlyArray<string>): Promise<unknown> => {
  const stub = env.KEYSTEAD.getByName(decodeURIComponent(name))
  switch (action) {
    case "check":
      return await check(env, Number(name))
    case "clock":
      offset = Number(name)
      return null
    case "embedded":
      return await embedded(env, name === "d1")
    case "used":
      return await used(env, name)
    case "lastUse":
      return await lastUse(env, name)
    case "rotated":
      return await rotated(env)
    case "abort":
      return await stub.abortAt(value === "before" ? "before" : "after")
    case "alarm":
      return await stub.alarmAt()
    case "ring":
      return await stub.ring()
    case "rows":
      return await stub.rows(value)
    case "note": {
      const events = Array.from({ length: Number(value) }, (_, i) => ({ eventName: `Event ${i}` }))
      return JSON.parse(await stub.ask(JSON.stringify({ ask: "note", writer: name, events })))
    }
    case "events":
      return await auditEvents(env, name === "" ? undefined : name, value === "" ? {} : { after: Number(value) })
    case "restart":
      return await stub.restart().catch(() => null)
    case "run":
      return await stub.run(decodeURIComponent(value))
    default:
      throw new Error(`No such action: ${action}`)
  }
}

const endpoints = new WeakMap<Env, ReturnType<typeof worker>>()

/** @public workerd calls it. */
export default {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (!pathname.startsWith("/test/")) {
      const endpoint = endpoints.get(env) ?? worker(env.OPTIONS)
      endpoints.set(env, endpoint)
      return await endpoint.fetch(request, env)
    }
    try {
      return Response.json(await test(env, pathname.slice("/test/".length).split("/")) ?? null)
    } catch (error) {
      return Response.json(failure(error), { status: 500 })
    }
  }
}
