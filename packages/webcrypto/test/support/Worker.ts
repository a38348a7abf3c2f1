/** The cross-check in a Worker, which answers every request with what it found. */
import { crossCheck } from "./CrossCheck.ts"

/** @public workerd calls it. */
export default { fetch: async () => new Response(await crossCheck() || "ok") }
