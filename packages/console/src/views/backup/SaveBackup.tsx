/** Saves all keys to a file, sealed under a passphrase. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { download } from "../../state/Jobs.ts"
import { say } from "../../state/Notice.ts"
import { useAction } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { NewPassphrase } from "./NewPassphrase.tsx"

/** The card. */
export const SaveBackup = () => {
  const [passphrase, setPassphrase] = useState("")
  const { busy, problem, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      download(await engine.backUp(passphrase))
      setPassphrase("")
      say("The backup is saved.")
    })
  }
  return (
    <form aria-labelledby="save" class="card stack" onSubmit={submit}>
      <h2 id="save">Save a backup</h2>
      <p>All keys, aliases, grants and policies in one file. Whoever has the file and the passphrase has the keys.</p>
      <NewPassphrase onValue={setPassphrase} />
      <Problem refused={problem} />
      <div class="row end">
        <button class="primary" disabled={busy || passphrase === ""} type="submit">
          {busy ? "Sealing…" : "Save the backup"}
        </button>
      </div>
    </form>
  )
}
