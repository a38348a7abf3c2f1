import * as Effect from "effect/Effect"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Where syncing costs nothing, if there is such a place: what it is good for is tested on a simulated disk. */
const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()

/** A folder that is there as long as the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(place, "keystead-store-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)
