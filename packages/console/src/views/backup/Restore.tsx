/** Brings keys back out of a backup. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { loaded } from "../../state/Keys.ts"
import { say } from "../../state/Notice.ts"
import { go } from "../../state/Route.ts"
import { TextField } from "../../ui/Field.tsx"
import { useAction } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { DropZone } from "../files/DropZone.tsx"

/** The card. */
export const Restore = () => {
  const [file, setFile] = useState<File>()
  const [passphrase, setPassphrase] = useState("")
  const { busy, problem, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    if (file === undefined) return
    void run(async () => {
      await engine.restore(file, passphrase)
      loaded.value = undefined
      say("The backup is restored.")
      go("keys")
    })
  }
  return (
    <form aria-labelledby="restore" class="card stack" onSubmit={submit}>
      <h2 id="restore">Restore a backup</h2>
      <p>Into a browser without keys: nothing that is here is overwritten.</p>
      <DropZone onFiles={([first]) => setFile(first)} single />
      {file === undefined ? null : (
        <p>
          <strong>{file.name}</strong>
        </p>
      )}
      <TextField
        label="Passphrase of the backup"
        onValue={setPassphrase}
        required
        type="password"
        value={passphrase}
      />
      <Problem refused={problem} />
      <div class="row end">
        <button disabled={busy || file === undefined} type="submit">{busy ? "Opening…" : "Restore"}</button>
      </div>
    </form>
  )
}
