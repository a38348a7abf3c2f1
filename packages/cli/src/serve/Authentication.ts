/** Who may call an endpoint: whoever has an access key, or everybody who reaches it. */
import { rootArn } from "@keystead/core/domain/Arn"
import { type Authenticate, trustAll } from "@keystead/http/auth/Authenticate"
import { sigV4 } from "@keystead/http/auth/SigV4"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { ofSystem } from "../files/FileError.ts"
import * as AccessKeys from "./AccessKeys.ts"
import * as FirstAccessKey from "./FirstAccessKey.ts"
import { nodeHashes } from "./NodeHashes.ts"

/** What it depends on. */
export interface AuthenticationOptions {
  readonly auth: "sigv4" | "none"
  /** The credentials file; by default beside the store, or temporary for a store in memory. */
  readonly credentials: Option.Option<string>
  /** The store's folder; none if it is in memory. */
  readonly directory: string | undefined
  readonly account: string
  /** Where a request names no Region. */
  readonly region: string
  /** The only Region that answers; none if all do. */
  readonly only: string | undefined
  /** Gets lines for the person who runs the endpoint. */
  readonly tell: (line: string) => void
}

/** How callers are known, and what to say about it when the URL is known. */
export interface Authentication {
  readonly authenticate: Authenticate
  readonly greeting: (url: string, isTerminal: boolean) => string | undefined
}

const temporaryFolder = Effect.acquireRelease(
  Effect.tryPromise({
    try: () => mkdtemp(join(tmpdir(), "keystead-")),
    catch: (error) => ofSystem("write", tmpdir(), error)
  }),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

const fileOf = ({ credentials, directory }: AuthenticationOptions) => {
  if (Option.isSome(credentials)) return Effect.succeed(credentials.value)
  return directory === undefined
    ? Effect.map(temporaryFolder, (folder) => join(folder, "credentials.json"))
    : Effect.succeed(`${resolve(directory)}.credentials`)
}

/** Prepares it; a first access key is made if there is no credentials file. FileError if the file cannot be used. */
export const make = Effect.fnUntraced(function*(options: AuthenticationOptions) {
  const { account, auth, only, region, tell } = options
  const regions = only === undefined ? undefined : [only]
  if (auth === "none") {
    const open: Authentication = { authenticate: trustAll(account, region, regions), greeting: () => undefined }
    return open
  }
  const path = yield* fileOf(options)
  const made = yield* FirstAccessKey.create(path, rootArn({ account, region }))
  const credentials = yield* AccessKeys.fromFile(path, tell)
  const authentication: Authentication = {
    authenticate: sigV4({
      credentials,
      defaultRegion: region,
      hashes: nodeHashes,
      ...(regions === undefined ? {} : { regions })
    }),
    greeting: (url, isTerminal) =>
      made === undefined ? undefined : FirstAccessKey.howTo(made, path, url, region, isTerminal)
  }
  return authentication
})
