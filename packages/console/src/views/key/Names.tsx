/** What the key is called, and how it is tagged. */
import { Aliases } from "./Aliases.tsx"
import type { KeyPartProps } from "./KeyPart.ts"
import { Tags } from "./Tags.tsx"

/** The part of the view. */
export const Names = (props: KeyPartProps) => (
  <div class="columns">
    <Aliases {...props} />
    <Tags {...props} />
  </div>
)
