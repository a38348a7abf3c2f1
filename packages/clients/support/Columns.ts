/** A client with a Keystead of its own: one column of the table. */
import * as Kms from "@keystead/core/Kms"
import { sigV4 } from "@keystead/http/auth/SigV4"
import { requestHandler, type SdkRequestHandler } from "@keystead/http/AwsSdk"
import { layer } from "@keystead/runtime-node/NodeKms"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sdkInProcess } from "../clients/SdkInProcess.ts"
import { World } from "../story/World.ts"
import type { Client } from "./Client.ts"
import { start } from "./Endpoint.ts"
import { accessKeys } from "./People.ts"
import { record } from "./Recorder.ts"

/** Hands a world to the story, and takes it down when that is told. */
export type Column = (tell: (world: World) => Promise<void>) => Promise<World>

const inFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-clients-"))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A client that reaches `keystead serve` over HTTP. */
export const overHttp = (clientOf: (endpoint: string) => Client): Column => (tell) =>
  inFolder(async (folder) => {
    let endpoint = await start(folder)
    const recorder = await record(endpoint.url)
    const client = clientOf(recorder.url)
    const restart = async () => {
      await endpoint.stop()
      endpoint = await start(folder)
      recorder.pointTo(endpoint.url)
    }
    const world = new World(client, restart, recorder.exchanges)
    await tell(world)
    await client.close()
    await recorder.close()
    await endpoint.stop()
    return world
  })

const keys = new Map(
  accessKeys.map(({ expires, principal, sessionToken, ...key }) => [key.accessKeyId, {
    ...key,
    ...sessionToken === undefined ? {} : { sessionToken },
    ...expires === undefined ? {} : { expires: Date.parse(expires) },
    caller: { principal }
  }])
)

/** The AWS SDK with a Keystead in this process, on a folder too. */
export const inProcess: Column = (tell) =>
  inFolder(async (folder) => {
    const open = () => ManagedRuntime.make(layer({ directory: join(folder, "store") }))
    const handlerOn = async (runtime: ReturnType<typeof open>): Promise<SdkRequestHandler> =>
      requestHandler(await runtime.runPromise(Kms.Kms), {
        authenticate: sigV4({ credentials: (id) => Effect.succeed(keys.get(id)) })
      })
    let runtime = open()
    let handler = await handlerOn(runtime)
    const restart = async () => {
      await runtime.dispose()
      runtime = open()
      handler = await handlerOn(runtime)
    }
    const world = new World(sdkInProcess(() => handler), restart, undefined)
    await tell(world)
    await runtime.dispose()
    return world
  })
