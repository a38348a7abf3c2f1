/**
 * AWS KMS under a path of the page's own origin, answered by its service worker: the AWS SDK in the page works with
 * `endpoint: location.origin + "/kms"`, and no server is asked.
 *
 * ```ts
 * addEventListener("fetch", serveKms({ database: "keys" })) // in the service worker, as it starts
 * ```
 *
 * Nobody is authenticated: a service worker hears the pages of its own origin alone, and any script there could open the
 * store itself. Whoever calls is the default caller; signatures are not looked at but for the Region that they name.
 */
import { open } from "@keystead/core/facade/Opened"
import { defaults } from "@keystead/core/facade/OpenKms"
import { trustAll } from "@keystead/http/auth/Authenticate"
import { handler } from "@keystead/http/Handler"
import * as Reply from "@keystead/http/Reply"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { type BrowserKmsOptions, layer } from "./BrowserKms.ts"

/** What is served, and where. */
export interface ServeKmsOptions extends BrowserKmsOptions {
  /** The path on this origin, "/kms" by default. */
  readonly path?: string
  /** The account whose root every caller is: twelve digits. */
  readonly account?: string
  /** The Region that answers a request which names none. */
  readonly region?: string
}

/** The part of a service worker's FetchEvent that is used. */
export interface FetchEventLike {
  readonly request: Request
  readonly respondWith: (response: Promise<Response>) => void
}

const failed = (error: unknown): Response => {
  const { body, status } = Reply.ofFailure(Cause.fail(error))
  Effect.runFork(Effect.logError("The KMS of this service worker cannot be opened", error))
  return new Response(body, { status, headers: { "content-type": Reply.mediaType } })
}

/** A listener for the service worker's `fetch` events, which leaves all that is not for the path to others. */
export const serveKms = (options: ServeKmsOptions): (event: FetchEventLike) => void => {
  const { account = defaults.account, path = "/kms", region = defaults.region } = options
  const authenticate = trustAll(account, region)

  const start = async () => {
    const { close, kms, look } = await open(layer(options))
    // Service workers are ended and started all the time: no timer of theirs would come.
    look()
    return { answer: handler(kms, { authenticate }), close }
  }
  let opened: ReturnType<typeof start> | undefined

  const respond = async (request: Request): Promise<Response> => {
    const current = opened ??= start()
    try {
      const { answer, close } = await current
      const response = await answer(request)
      // What goes wrong in here may be the store itself, deleted or cut off: the next request opens it anew.
      if (response.status >= 500 && opened === current) {
        opened = undefined
        await close()
      }
      return response
    } catch (error) {
      if (opened === current) opened = undefined
      return failed(error)
    }
  }

  return (event) => {
    const { mode, url } = event.request
    const { origin, pathname } = new URL(url)
    // The SDK puts a slash at the end.
    const asked = origin === location.origin && (pathname === path || pathname === `${path}/`)
    // A form of another site may lead a page here, which is no call.
    if (asked && mode !== "navigate") event.respondWith(respond(event.request))
  }
}
