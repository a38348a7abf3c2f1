/** Whether somebody can still change the policy when it is saved. */
import type { Lockout } from "@keystead/core/authorization/Analysis"
import { statementText } from "./AccessText.ts"

/** What a lockout means; undefined where somebody may still get in. */
export const lockoutText = (lockout: Lockout): string | undefined => {
  switch (lockout._tag) {
    case "NotAllowed":
      return "No statement lets anyone of this account change the policy."
    case "Denied":
      return `What lets anyone change the policy is denied as well, by ${
        lockout.deniedBy.map(({ statement }) => statementText(statement)).join(", ")
      }.`
    default:
      return undefined
  }
}

/** The warning, if there is something to warn of. */
export const LockoutWarning = ({ lockout }: { readonly lockout: Lockout }) => {
  const locked = lockoutText(lockout)
  if (locked !== undefined) {
    return (
      <p class="warning bad" role="alert">
        <strong>This locks everyone out.</strong> {locked}
      </p>
    )
  }
  if (lockout._tag !== "Conditional") return null
  return (
    <p class="warning" role="status">
      Who can change this policy can do so only under conditions, or if their identity policies allow it too.
    </p>
  )
}
