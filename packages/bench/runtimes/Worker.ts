/** workerd, as runtime-cloudflare runs there: a request is a task and a count, and is answered when that is done. */
import { primitives } from "@keystead/runtime-cloudflare/Primitives"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { worker } from "./Tasks.ts"

const work = worker(Layer.effectContext(Effect.sync(primitives)))

/** @public workerd calls it. */
export default {
  fetch: async (request: Request): Promise<Response> => {
    const { searchParams } = new URL(request.url)
    await work(searchParams.get("task") ?? "", Number(searchParams.get("count")))
    return new Response("done")
  }
}
