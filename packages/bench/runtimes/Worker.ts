/** workerd: a request is a task and a count, and is answered when that is done. */
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Layer from "effect/Layer"
import { worker } from "./Tasks.ts"

const work = worker(Layer.orDie(WebCrypto.layer))

/** @public workerd calls it. */
export default {
  fetch: async (request: Request): Promise<Response> => {
    const { searchParams } = new URL(request.url)
    await work(searchParams.get("task") ?? "", Number(searchParams.get("count")))
    return new Response("done")
  }
}
