/** Makes a grant. */
import type { GrantOperation } from "@keystead/core/domain/GrantRecord"
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { Copy } from "../../ui/Copy.tsx"
import { AreaField, CheckField, TextField } from "../../ui/Field.tsx"
import { useAction } from "../../ui/Hooks.ts"
import { pairsOf } from "../../ui/Lines.ts"
import { Problem } from "../../ui/Problem.tsx"

/** What is granted most often; the rest is for other kinds of keys. */
const choices: ReadonlyArray<GrantOperation> = [
  "Encrypt",
  "Decrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
  "Sign",
  "Verify",
  "GenerateMac",
  "VerifyMac",
  "DescribeKey",
  "CreateGrant",
  "RetireGrant"
]

const empty = {
  grantee: "",
  retiring: "",
  name: "",
  context: "",
  operations: ["Decrypt"] as ReadonlyArray<GrantOperation>
}

type Wanted = typeof empty

/** What is left empty is not asked for. */
const requestOf = (keyId: string, { context, grantee, name, operations, retiring }: Wanted) => {
  const pairs = pairsOf(context)
  return {
    KeyId: keyId,
    GranteePrincipal: grantee,
    Operations: [...operations],
    ...(retiring === "" ? {} : { RetiringPrincipal: retiring }),
    ...(name === "" ? {} : { Name: name }),
    ...(Object.keys(pairs).length === 0 ? {} : { Constraints: { EncryptionContextSubset: pairs } })
  }
}

const Operations = ({ set, wanted }: { readonly wanted: Wanted; readonly set: (change: Partial<Wanted>) => void }) => (
  <fieldset>
    <legend>May</legend>
    <div class="checks">
      {choices.map((operation) => (
        <CheckField
          checked={wanted.operations.includes(operation)}
          key={operation}
          label={operation}
          onChecked={(checked) =>
            set({
              operations: choices.filter((one) => one === operation ? checked : wanted.operations.includes(one))
            })}
        />
      ))}
    </div>
  </fieldset>
)

interface NewGrantProps {
  readonly keyId: string
  /** The token of the grant that was made last. */
  readonly token: string
  readonly onMade: (token: string) => Promise<void>
}

/** The card. */
export const NewGrant = ({ keyId, onMade, token }: NewGrantProps) => {
  const [wanted, setWanted] = useState(empty)
  const { busy, problem, run } = useAction()
  const set = (change: Partial<Wanted>) => setWanted({ ...wanted, ...change })
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      const { GrantToken = "" } = await engine.call("CreateGrant", requestOf(keyId, wanted))
      await onMade(GrantToken)
      setWanted(empty)
      say("The grant is made.")
    })
  }
  return (
    <form aria-labelledby="new-grant" class="card stack" onSubmit={submit}>
      <h2 id="new-grant">New grant</h2>
      <TextField
        hint="The ARN of a user or role"
        label="Who"
        onValue={(grantee) => set({ grantee })}
        required
        value={wanted.grantee}
      />
      <Operations set={set} wanted={wanted} />
      <AreaField
        hint="Only with these pairs, one a line: department=pay"
        label="Encryption context"
        onValue={(context) => set({ context })}
        rows={2}
        value={wanted.context}
      />
      <TextField label="May be retired by" onValue={(retiring) => set({ retiring })} value={wanted.retiring} />
      <TextField label="Name" onValue={(name) => set({ name })} value={wanted.name} />
      <Problem refused={problem} />
      <div class="row end">
        <button class="primary" disabled={busy} type="submit">Make the grant</button>
      </div>
      {token === "" ? null : (
        <p class="hint">
          With its token, the grant counts at once everywhere. <Copy text={token} what="grant token" />
        </p>
      )}
    </form>
  )
}
