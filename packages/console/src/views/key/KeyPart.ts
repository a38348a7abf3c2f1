/** What every part of a key's view is given. */
import type { KnownKey } from "../../state/Keys.ts"

export interface KeyPartProps {
  readonly known: KnownKey
  /** Loads the key again, after a change. */
  readonly reload: () => Promise<void>
}
