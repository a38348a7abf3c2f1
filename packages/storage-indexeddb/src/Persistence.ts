/** What the browser promises of a site's data, and how much of it there may be (the Storage Standard, WHATWG). */
import * as Effect from "effect/Effect"

/**
 * Asks the browser to keep this site's data until its user removes it; else it may delete all of it when the device runs
 * short of space. True if it will. A browser may ask its user, or decide by how much the site is used: ask again later.
 * Only a page can ask: in a worker it tells what was granted.
 */
export const persist: Effect.Effect<boolean> = Effect.promise(async () => {
  if (typeof navigator === "undefined" || !("storage" in navigator)) return false
  const { storage } = navigator
  return typeof document === "undefined" ? await storage.persisted() : await storage.persist()
})

/** How much a site has stored, and may store, in bytes. Browsers give estimates only, so that no site learns the disk's size. */
export interface Space {
  readonly usedBytes: number
  readonly quotaBytes: number
}

/** How much this site has stored and may store; undefined where the browser does not tell. */
export const space: Effect.Effect<Space | undefined> = Effect.promise(async () => {
  if (typeof navigator === "undefined" || !("storage" in navigator)) return undefined
  const { quota, usage } = await navigator.storage.estimate()
  return quota === undefined || usage === undefined ? undefined : { usedBytes: usage, quotaBytes: quota }
})
