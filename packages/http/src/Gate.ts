/** Who may ask at all, before any signature is looked at: pages of other origins, and names of other hosts. */
import type { Incoming } from "./Incoming.ts"
import { Refused } from "./Refused.ts"

/** What a browser may do here. */
export interface GateOptions {
  /** The origins whose pages may ask, such as `https://app.example.com`; `*` for all. By default none may. */
  readonly origins?: ReadonlyArray<string> | "*"
  /**
   * The names that a request may have in its Host header, without ports. By default any; an endpoint without
   * authentication needs them, or a page could reach it under a name of its own that leads here (DNS rebinding).
   */
  readonly hosts?: ReadonlyArray<string>
}

const nameOf = (host: string): string => host.replace(/:\d+$/, "").toLowerCase()

/** The origin that is told it may read the reply; undefined if the request is from no page, or from one that may not. */
export const allowedOrigin = (request: Incoming, { origins = [] }: GateOptions): string | undefined => {
  const origin = request.header("origin")
  return origin !== undefined && (origins === "*" || origins.includes(origin)) ? origin : undefined
}

const forbidden = (message: string) => new Refused({ code: "AccessDeniedException", message, status: 403 })

/** Why the request may not come in; undefined if it may. */
export const check = (request: Incoming, options: GateOptions): Refused | undefined => {
  const host = request.header("host") ?? ""
  if (options.hosts !== undefined && !options.hosts.includes(nameOf(host))) {
    return forbidden("This endpoint does not answer under that name.")
  }
  const origin = request.header("origin")
  return origin !== undefined && allowedOrigin(request, options) === undefined
    ? forbidden("Pages of this origin may not use this endpoint.")
    : undefined
}

/** The headers that tell a browser so. */
export const corsHeaders = (origin: string | undefined): Readonly<Record<string, string>> =>
  origin === undefined ? {} : {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "x-amzn-requestid",
    vary: "origin"
  }

/** The reply's headers to a browser that asks what it may send. */
export const preflightHeaders = (origin: string, request: Incoming): Readonly<Record<string, string>> => ({
  ...corsHeaders(origin),
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": request.header("access-control-request-headers") ?? "",
  "access-control-max-age": "86400"
})
