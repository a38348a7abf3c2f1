/** The program in a Worker. */
import { answer, web } from "./Program.ts"

/** @public workerd calls it. */
export default { fetch: async (request: Request) => new Response(await answer(web, await request.text())) }
