/** What a key is, its state and life, and its materials. */
import { Facts } from "./Facts.tsx"
import type { KeyPartProps } from "./KeyPart.ts"
import { Materials } from "./Materials.tsx"
import { StateCard } from "./StateCard.tsx"

/** The first part of the view. */
export const Overview = (props: KeyPartProps) => (
  <div class="columns">
    <StateCard {...props} />
    <div class="stack">
      <Materials {...props} />
      <Facts {...props} />
    </div>
  </div>
)
