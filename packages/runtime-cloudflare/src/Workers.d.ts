/** What of Cloudflare's own module is used here. Its full types are in `@cloudflare/workers-types`, which declares globals too. */
declare module "cloudflare:workers" {
  import type { DurableObjectState } from "@cloudflare/workers-types"

  export abstract class DurableObject<Env = unknown> {
    protected readonly ctx: DurableObjectState
    protected readonly env: Env
    constructor(ctx: DurableObjectState, env: Env)
  }

  export const waitUntil: (promise: Promise<unknown>) => void
}
