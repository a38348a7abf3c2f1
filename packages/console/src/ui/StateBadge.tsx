/** The state of a key, in words, with a dot. */
import { stateText, stateTone } from "./States.ts"

/** The badge. */
export const StateBadge = ({ state }: { readonly state: string | undefined }) => (
  <span class={`badge ${stateTone(state)}`}>{stateText(state)}</span>
)
