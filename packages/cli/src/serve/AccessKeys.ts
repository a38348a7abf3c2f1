/** Access keys out of a file that may change while an endpoint runs. */
import type { Credentials } from "@keystead/http/auth/Credentials"
import * as Effect from "effect/Effect"
import { stat } from "node:fs/promises"
import * as AccessKeysFile from "./AccessKeysFile.ts"

/** How long a look at the file holds, in milliseconds. */
const lookEvery = 500

/** Which version of the file is there. */
const versionOf = async (path: string): Promise<string> => {
  try {
    const { ctimeNs, ino, mtimeNs, size } = await stat(path, { bigint: true })
    return [ino, size, mtimeNs, ctimeNs].join(" ")
  } catch {
    return "none"
  }
}

/**
 * The access keys in the file at `path`: now, which fails if they cannot be read, and as the file changes: a new version
 * counts from the next request on, at most half a second later. One that cannot be used is told once, and the keys of the
 * version before stay.
 */
export const fromFile = Effect.fnUntraced(function*(path: string, tell: (line: string) => void) {
  let version = yield* Effect.promise(() => versionOf(path))
  let keys = yield* AccessKeysFile.read(path)
  let looked = performance.now()
  let looking: Promise<void> | undefined

  const reload = Effect.match(AccessKeysFile.read(path), {
    onFailure: ({ message }) => tell(`${message} The access keys stay as they were.`),
    onSuccess: (read) => {
      keys = read
    }
  })

  const look = async (): Promise<void> => {
    const found = await versionOf(path)
    if (found !== version) {
      version = found
      await Effect.runPromise(reload)
    }
    looked = performance.now()
    looking = undefined
  }

  const credentials: Credentials = (accessKeyId) => {
    if (performance.now() - looked < lookEvery) return Effect.succeed(keys.get(accessKeyId))
    return Effect.promise(async () => {
      looking ??= look()
      await looking
      return keys.get(accessKeyId)
    })
  }
  return credentials
})
