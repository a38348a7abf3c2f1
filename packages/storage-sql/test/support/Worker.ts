/**
 * The Worker that the tests run in workerd: it runs one check of the contract, by its number, on a Durable Object's or a
 * D1 database of the check's own; or writes and reads one record.
 */
import type { D1Database, DurableObjectNamespace, DurableObjectState } from "@cloudflare/workers-types"
import type { StorageError } from "@keystead/core/Errors"
import { contract, type Open } from "@keystead/core/storage/Contract"
import { Storage } from "@keystead/core/storage/Storage"
import * as D1 from "@keystead/storage-sql/D1"
import * as DurableObject from "@keystead/storage-sql/DurableObject"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

interface Env {
  readonly objects: DurableObjectNamespace
  readonly [database: `d1_${number}`]: D1Database
}

const handle = (layer: Layer.Layer<Storage, StorageError>): Open => Effect.map(Layer.build(layer), Context.get(Storage))

/** "" when all went well, or what went wrong. */
const outcome = (run: Effect.Effect<unknown, { readonly message: string }>): Promise<string> =>
  Effect.runPromise(Effect.match(run, {
    onSuccess: (found) => typeof found === "string" ? found : "",
    onFailure: (error) => `${"reason" in error ? `${String(error.reason)}: ` : ""}${error.message}`
  }))

const act = (open: Open, path: string): Promise<string> => {
  const [, action = "", number = ""] = path.split("/").slice(1)
  const checks = contract({ durable: true })
  switch (action) {
    case "check":
      return outcome(Effect.scoped(checks[Number(number)]?.run(open) ?? Effect.fail(new Error("No such check"))))
    case "put":
      return outcome(
        Effect.scoped(
          Effect.flatMap(
            open,
            (storage) => storage.commit([{ _tag: "Put", id: "kept", value: number, expected: null }])
          )
        )
      )
    default:
      return outcome(Effect.scoped(Effect.map(
        Effect.flatMap(open, (storage) => storage.read(["kept"])),
        (found) => JSON.stringify(found.get("kept")?.value ?? null)
      )))
  }
}

/**
 * Holds the store that it is asked about.
 *
 * @public workerd makes it.
 */
export class StoreObject {
  readonly state: DurableObjectState
  constructor(state: DurableObjectState) {
    this.state = state
  }
  async fetch(request: Request): Promise<Response> {
    const { storage } = this.state
    const { pathname } = new URL(request.url)
    if (pathname.endsWith("/newer")) {
      storage.sql.exec("INSERT INTO keystead_migrations VALUES (1000)")
      return new Response("")
    }
    return new Response(await act(handle(DurableObject.layer({ storage })), pathname))
  }
}

const onD1 = async (db: D1Database | undefined, path: string): Promise<string> => {
  if (db === undefined) return "No such database"
  if (!path.endsWith("/newer")) return await act(handle(D1.layer({ db })), path)
  await db.exec("INSERT INTO keystead_migrations VALUES (1000)")
  return ""
}

/** @public workerd calls it. */
export default {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const [, engine = "", , number = "0"] = pathname.split("/")
    const name = pathname.includes("/check/") ? number : "0"
    if (engine === "d1") return new Response(await onD1(env[`d1_${Number(name)}`], pathname))
    const found: unknown = await env.objects.get(env.objects.idFromName(name)).fetch(request.url)
    return found instanceof Response ? found : new Response("No reply")
  }
}
