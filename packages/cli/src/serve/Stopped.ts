/** How a command that goes on until it is told to stop ends well: it is interrupted, and yet no failure. */
import * as Context from "effect/Context"

/** Where such a command notes that it did all that it had begun. */
export const Stopped = Context.Reference<{ noted: boolean }>("@keystead/cli/serve/Stopped", {
  defaultValue: () => ({ noted: false })
})
