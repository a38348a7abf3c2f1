/** The worker: its first message is the port at which the page asks. */
import { make } from "./MakeEngine.ts"
import { serve } from "./Rpc.ts"
import { clean } from "./Target.ts"

addEventListener("message", ({ data }: MessageEvent<MessagePort>) => serve(make(), data), { once: true })

// Some browsers have no private file system in a private window; then there is nothing to clean.
clean().catch(() => undefined)
