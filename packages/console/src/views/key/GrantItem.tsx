/** A grant in the list. */
import type { OutputOf } from "@keystead/core/operations/Operation"
import type { Registry } from "@keystead/core/operations/Registry"
import { dateText } from "../../ui/Format.ts"
import type { Ending } from "./EndGrant.tsx"

/** A grant, as ListGrants tells it. */
export type Grant = NonNullable<OutputOf<Registry["ListGrants"]>["Grants"]>[number]

const constraintText = ({ Constraints = {} }: Grant): string =>
  [
    ...Object.entries(Constraints.EncryptionContextEquals ?? {}).map(([key, value]) =>
      `${key} = ${value}, and no other`
    ),
    ...Object.entries(Constraints.EncryptionContextSubset ?? {}).map(([key, value]) => `${key} = ${value}`)
  ].join("; ")

interface GrantItemProps {
  readonly grant: Grant
  readonly onEnd: (ending: Ending) => void
}

/** The item. */
export const GrantItem = ({ grant, onEnd }: GrantItemProps) => {
  const { CreationDate, GranteePrincipal, GrantId = "", Name, Operations = [], RetiringPrincipal } = grant
  const constraints = constraintText(grant)
  const who = GranteePrincipal ?? grant.GranteeServicePrincipal ?? "somebody"
  return (
    <li class="stack">
      <p>
        <strong>{who}</strong> may {Operations.join(", ")}
      </p>
      {constraints === "" ? null : <p>With encryption context: {constraints}</p>}
      <p class="hint">
        {Name === undefined ? "" : `${Name} · `}since {dateText(CreationDate)}
        {RetiringPrincipal === undefined ? "" : ` · may be retired by ${RetiringPrincipal}`}
      </p>
      <p class="id">{GrantId}</p>
      <div class="row">
        <button
          aria-label={`Revoke the grant of ${who}`}
          onClick={() => onEnd({ grant, how: "RevokeGrant" })}
          type="button"
        >
          Revoke…
        </button>
        <button
          aria-label={`Retire the grant of ${who}`}
          onClick={() => onEnd({ grant, how: "RetireGrant" })}
          type="button"
        >
          Retire…
        </button>
      </div>
    </li>
  )
}
