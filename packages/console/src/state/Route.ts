/** Where in the page we are, as its address's hash says: `#/keys/ID/policy`. */
import { signal } from "@preact/signals"

const read = (): ReadonlyArray<string> =>
  location.hash.replace(/^#\/?/, "").split("/").filter((part) => part !== "").map(decodeURIComponent)

/** The parts of the path. */
export const route = signal(read())

addEventListener("hashchange", () => void (route.value = read()))

/** A link to a place in the page. */
export const href = (...parts: ReadonlyArray<string>): string => `#/${parts.map(encodeURIComponent).join("/")}`

/** Goes there. */
export const go = (...parts: ReadonlyArray<string>): void => void (location.hash = href(...parts))
