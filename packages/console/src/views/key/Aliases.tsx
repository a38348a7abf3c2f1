/** The key's aliases. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { Confirm } from "../../ui/Confirm.tsx"
import { TextField } from "../../ui/Field.tsx"
import { useAction } from "../../ui/Hooks.ts"
import { aliasName } from "../../ui/Lines.ts"
import { Problem } from "../../ui/Problem.tsx"
import type { KeyPartProps } from "./KeyPart.ts"

const NewAlias = ({ known, reload }: KeyPartProps) => {
  const [name, setName] = useState("")
  const { busy, problem, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      await engine.call("CreateAlias", { AliasName: aliasName(name), TargetKeyId: known.metadata.KeyId })
      await reload()
      setName("")
      say("The alias is made.")
    })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <TextField label="New alias" onValue={setName} pattern="(alias/)?[a-zA-Z0-9\/_\-]+" required value={name} />
      <Problem refused={problem} />
      <div class="row end">
        <button disabled={busy} type="submit">Add the alias</button>
      </div>
    </form>
  )
}

/** The card. */
export const Aliases = (props: KeyPartProps) => {
  const [leaving, setLeaving] = useState<string>()
  const { known: { aliases }, reload } = props
  return (
    <section class="card stack" aria-labelledby="aliases">
      <h2 id="aliases">Aliases</h2>
      {aliases.length === 0 ? <p class="hint">Programs name this key by its ID.</p> : (
        <ul class="plain items">
          {aliases.map((alias) => (
            <li key={alias}>
              <code>{alias}</code>
              <button aria-label={`Delete ${alias}`} class="quiet" onClick={() => setLeaving(alias)} type="button">
                Delete…
              </button>
            </li>
          ))}
        </ul>
      )}
      <NewAlias {...props} />
      {leaving === undefined ? null : (
        <Confirm
          action="Delete the alias"
          onClose={() => setLeaving(undefined)}
          onConfirm={async () => {
            await engine.call("DeleteAlias", { AliasName: leaving })
            await reload()
            say("The alias is deleted.")
          }}
          title={`Delete ${leaving}?`}
        >
          <p>Programs that name the key by this alias find it no more. The key itself, and what it encrypted, stays.</p>
        </Confirm>
      )}
    </section>
  )
}
