/** Who can do what by a key policy, and why. */
import type { Access } from "@keystead/core/authorization/Analysis"
import { useState } from "preact/hooks"
import type { PolicyReading } from "../../engine/Engine.ts"
import { ChoiceField } from "../../ui/Field.tsx"
import { answers, signs, whoText, whyText } from "./AccessText.ts"

/** What is asked about: using the key, giving it to others, managing it, ending it. */
export const actions = [
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:GenerateDataKey",
  "kms:Sign",
  "kms:Verify",
  "kms:GenerateMac",
  "kms:DescribeKey",
  "kms:CreateGrant",
  "kms:RevokeGrant",
  "kms:PutKeyPolicy",
  "kms:EnableKeyRotation",
  "kms:DisableKey",
  "kms:ScheduleKeyDeletion"
] as const

const Who = ({ access }: { readonly access: Access }) => (
  <li class={`who ${access.answer.toLowerCase()}`}>
    <p>
      <span aria-hidden="true" class="sign">{signs[access.answer]}</span>
      <strong>{whoText(access.who)}</strong> {answers[access.answer]}
    </p>
    <p class="hint">{whyText(access)}</p>
  </li>
)

const ranks = { Always: 0, Sometimes: 1, Never: 2 } as const

/** The card. */
export const WhoCan = ({ reading }: { readonly reading: Extract<PolicyReading, { readonly valid: true }> }) => {
  const [action, setAction] = useState<string>("kms:Decrypt")
  const access = reading.capabilities.find((capability) => capability.action === action)?.access ?? []
  const sorted = access.toSorted((left, right) => ranks[left.answer] - ranks[right.answer])
  return (
    <section class="card stack" aria-labelledby="who-can">
      <h2 id="who-can">Who can do what, and why</h2>
      <ChoiceField
        label="Action"
        onValue={setAction}
        options={actions.map((one) => [one, one.slice("kms:".length)] as const)}
        value={action}
      />
      <ul class="plain who-list">
        {sorted.map((one) => <Who access={one} key={whoText(one.who)} />)}
      </ul>
      <p class="hint">By the text as it stands here, saved or not. Grants may allow more.</p>
    </section>
  )
}
