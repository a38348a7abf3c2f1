/** `keystead serve` */
import { defaults } from "@keystead/core/facade/OpenKms"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { optionsOf } from "../Connection.ts"
import { UsageError } from "../Errors.ts"
import * as Input from "../files/Input.ts"
import * as Options from "../Options.ts"
import { isLoopback } from "../serve/Loopback.ts"
import * as Serving from "../serve/Serve.ts"
import { Account, As, Region } from "../Settings.ts"

const toggle = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDefault(false), Flag.withDescription(description))

/** As a browser writes it into a request's Origin header. */
const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text

const flags = {
  host: Flag.String("host").pipe(
    Flag.withMetavar("HOST"),
    Flag.withDescription("The address to listen on (127.0.0.1)"),
    Flag.withDefault("127.0.0.1")
  ),
  port: Flag.Int("port").pipe(
    Flag.withMetavar("PORT"),
    Flag.withDescription("The port to listen on; 0 takes a free one (8080)"),
    Flag.filter((port) => port >= 0 && port <= 65_535, () => "a port: 0 to 65535"),
    Flag.withDefault(8080)
  ),
  memory: toggle("memory", "Keep everything in memory: it is gone at the end"),
  credentials: Flag.optional(
    Options.file("credentials", "The access keys, made if it is not there (STORE.credentials, beside the store)")
  ),
  auth: Flag.Literals("auth", ["sigv4", "none"]).pipe(
    Flag.withDescription(
      "Check signatures; none takes everyone for the account's root, on loopback addresses only (sigv4)"
    ),
    Flag.withDefault("sigv4" as const)
  ),
  clock: Flag.Literals("clock", ["real", "controllable"]).pipe(
    Flag.withDescription("controllable lets POST /_keystead/clock move it, on loopback addresses only (real)"),
    Flag.withDefault("real" as const)
  ),
  cert: Flag.optional(Options.file("cert", "Serve HTTPS with this certificate chain, in PEM")),
  key: Flag.optional(Options.file("key", "The private key of the certificate, in PEM")),
  cors: Flag.String("cors").pipe(
    Flag.withMetavar("ORIGIN"),
    Flag.withDescription(
      "Let web pages of this origin ask, such as https://app.example.com; give it again for another"
    ),
    Flag.filter(isOrigin, () => "an origin: http:// or https://, a host, a port if it has one, and no path"),
    Flag.atLeast(0)
  ),
  audit: Flag.optional(Options.file("audit", "Append an audit event of each request to this file, chained by hashes")),
  log: toggle("log", "Tell each request in a line of JSON on standard error")
}

type Given = Command.Command.Config.Infer<typeof flags>

const usage = (message: string) => new UsageError({ message })

const problemOf = ({ auth, cert, clock, credentials, host, key }: Given): UsageError | undefined => {
  if (auth === "none" && !isLoopback(host)) {
    return usage("--auth none is for loopback addresses: whoever reaches the endpoint may do everything.")
  }
  if (clock === "controllable" && !isLoopback(host)) return usage("--clock controllable is for loopback addresses.")
  if (auth === "none" && Option.isSome(credentials)) {
    return usage("--auth none asks for no --credentials. Leave one out.")
  }
  return Option.isSome(cert) === Option.isSome(key) ? undefined : usage("--cert and --key go together.")
}

const tlsOf = Effect.fnUntraced(function*({ cert, key }: Given) {
  if (Option.isNone(cert) || Option.isNone(key)) return {}
  return { tls: { cert: yield* Input.text(cert.value), key: yield* Input.text(key.value) } }
})

/** Speaks AWS KMS over HTTP until it is told to stop. */
export const serve = Command.make("serve", flags, (given) =>
  Effect.gen(function*() {
    const problem = Option.isSome(yield* As)
      ? usage("serve takes no --as: callers are those whom their access keys stand for.")
      : problemOf(given)
    if (problem !== undefined) return yield* problem
    const { audit, auth, clock, cors, credentials, host, log, memory, port } = given
    const only = Option.getOrUndefined(yield* Region)
    return yield* Serving.serve({
      store: memory ? {} : yield* optionsOf(true),
      server: { host, port, ...(yield* tlsOf(given)) },
      auth,
      credentials,
      account: yield* Account,
      region: only ?? defaults.region,
      only,
      movable: clock === "controllable",
      origins: cors,
      audit: Option.getOrUndefined(audit),
      log
    })
  })).pipe(Command.withDescription("Speak the API of AWS KMS over HTTP, for every client of AWS's"))
