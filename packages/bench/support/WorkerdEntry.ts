/**
 * The Worker of the suite `worker`, bundled for workerd: the endpoint, and ways to do a thing many times in one request, for
 * a Worker's clock stands still within one.
 */
import type { KeysteadNamespace, WorkerEnv } from "@keystead/runtime-cloudflare/Bindings"
import * as ObjectStorage from "@keystead/runtime-cloudflare/ObjectStorage"
import { worker } from "@keystead/runtime-cloudflare/Worker"
import * as Effect from "effect/Effect"

export { KeysteadObject } from "@keystead/runtime-cloudflare/KeysteadObject"

const endpoint = worker()

interface Signed {
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** Answers the same signed request so often, one after another. */
const answered = async (env: WorkerEnv, count: number, { body, headers, url }: Signed): Promise<Response> => {
  for (let i = 0; i < count; i++) {
    const reply = await endpoint.fetch(new Request(url, { method: "POST", headers, body }), env)
    if (!reply.ok) return reply
    await reply.arrayBuffer()
  }
  return new Response("done")
}

/** What is asked of one object so often, so many at a time. */
const asked = (namespace: KeysteadNamespace, what: string, count: number, concurrency: number) => {
  const storage = ObjectStorage.make(namespace, "bench")
  const record = (i: number) => `key/000000000000/eu-west-1/${i % 100}`
  const value = { content: "x".repeat(1500) }
  const once = (i: number) =>
    what === "commit"
      ? storage.commit([{ _tag: "Put", id: record(i), value }])
      : storage.read([record(i)])
  const all = Effect.forEach(Array.from({ length: count }, (_, i) => i), once, { concurrency, discard: true })
  return Effect.runPromise(all)
}

/** @public workerd calls it. */
export default {
  fetch: async (request: Request, env: WorkerEnv): Promise<Response> => {
    const [action = "", count = "", what = "", concurrency = ""] = new URL(request.url).pathname.slice(1).split("/")
    switch (action) {
      case "nothing":
        return new Response("done")
      case "answer":
        return await answered(env, Number(count), await request.json())
      case "ask":
        await asked(env.KEYSTEAD, what, Number(count), Number(concurrency))
        return new Response("done")
      default:
        return await endpoint.fetch(request, env)
    }
  }
}
