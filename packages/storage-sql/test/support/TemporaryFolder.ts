import * as Effect from "effect/Effect"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Where syncing costs nothing, if there is such a place. */
const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()

/** A new folder, which the caller removes. */
export const makeFolder = (): string => mkdtempSync(join(place, "keystead-sql-"))

/** A folder that is there as long as the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(makeFolder),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)
