/** Which operations a key in this state answers, and how it refuses the others. */
import type { KeyState } from "@keystead/core/lifecycle/KeyState"
import type { LifecycleRow } from "../../engine/Engine.ts"

interface PermittedProps {
  readonly rows: ReadonlyArray<LifecycleRow>
  readonly state: KeyState | undefined
}

const isRefusal = (outcome: string): boolean => outcome.endsWith("Exception")

/** The list, folded. */
export const Permitted = ({ rows, state }: PermittedProps) => {
  if (state === undefined) return null
  const answered = rows.filter(({ outcomes }) => !isRefusal(outcomes[state]))
  const refused = rows.filter(({ outcomes }) => isRefusal(outcomes[state]))
  return (
    <details>
      <summary>What works in this state: {answered.length} of {rows.length} operations</summary>
      <p class="operations">{answered.map(({ operation }) => operation).join(" · ")}</p>
      {refused.length === 0 ? null : (
        <>
          <h3>Refused</h3>
          <ul class="plain">
            {refused.map(({ operation, outcomes }) => (
              <li key={operation}>
                {operation} <span class="hint">{outcomes[state]}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  )
}
