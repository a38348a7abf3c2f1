/** Ends a grant: its key's administrators revoke it, its grantee or retiring principal retires it. */
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { Confirm } from "../../ui/Confirm.tsx"
import type { Grant } from "./GrantItem.tsx"

/** A grant that is to end, and how. */
export interface Ending {
  readonly grant: Grant
  readonly how: "RevokeGrant" | "RetireGrant"
}

interface ConfirmEndProps {
  readonly ending: Ending
  /** RetireGrant takes nothing shorter. */
  readonly arn: string
  readonly reload: () => Promise<void>
  readonly onClose: () => void
}

/** Asks first. */
export const ConfirmEnd = ({ ending: { grant, how }, arn, onClose, reload }: ConfirmEndProps) => {
  const verb = how === "RevokeGrant" ? "Revoke" : "Retire"
  return (
    <Confirm
      action={`${verb} the grant`}
      onClose={onClose}
      onConfirm={async () => {
        await engine.call(how, { KeyId: arn, GrantId: grant.GrantId ?? "" })
        await reload()
        say("The grant has ended.")
      }}
      title={`${verb} this grant?`}
    >
      <p>
        {grant.GranteePrincipal ?? "Its grantee"} may no longer {(grant.Operations ?? []).join(", ")}{" "}
        by this grant, from now on. What was encrypted stays; a new grant can be made at any time.
      </p>
    </Confirm>
  )
}
