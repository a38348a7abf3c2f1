/** The worker: its first message is the port at which the page asks. */
import { make } from "./MakeEngine.ts"
import { serve } from "./Rpc.ts"

addEventListener("message", ({ data }: MessageEvent<MessagePort>) => serve(make(), data), { once: true })
