/** Opens the keys of this browser. */
import { useState } from "preact/hooks"
import { openKeys } from "../state/Session.ts"
import { TextField } from "../ui/Field.tsx"
import { useAction } from "../ui/Hooks.ts"
import { Problem } from "../ui/Problem.tsx"

interface OpenHereProps {
  /** Whether they were opened with a passphrase before. */
  readonly asks: boolean
}

/** The card. */
export const OpenHere = ({ asks }: OpenHereProps) => {
  const [passphrase, setPassphrase] = useState("")
  const { busy, problem, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(() => openKeys({ kind: "local", ...(passphrase === "" ? {} : { passphrase }) }))
  }
  return (
    <form aria-labelledby="here" class="card stack" onSubmit={submit}>
      <h2 id="here">Keys in this browser</h2>
      <p>
        They are made here and stay here, and work without a network. The key above them all cannot be exported, not
        even by this page: a copy of the browser’s database is worthless elsewhere.
      </p>
      <details open={asks}>
        <summary>With a passphrase</summary>
        <TextField
          hint="For keys that are protected by one, and for new ones that shall be. It is kept nowhere: without it, they are lost."
          label="Passphrase"
          onValue={setPassphrase}
          type="password"
          value={passphrase}
        />
      </details>
      <Problem refused={problem} />
      <button class="primary" disabled={busy} type="submit">{busy ? "Opening…" : "Open keys in this browser"}</button>
      <p class="hint">If this site’s data is cleared, the keys are gone. Save a backup.</p>
    </form>
  )
}
