/** What went wrong, read out at once. */
import type { Refused } from "../backend/Refusal.ts"

/** The sentence, and the error's name for those who look it up. */
export const Problem = ({ refused }: { readonly refused: Refused | undefined }) =>
  refused === undefined ? null : (
    <div class="problem" role="alert">
      <p>{refused.message}</p>
      <p class="small">{refused.name}</p>
    </div>
  )
