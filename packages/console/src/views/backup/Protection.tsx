/** What protects the keys in this browser, and another protection. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { protect, remembered } from "../../state/Session.ts"
import { useAction } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { NewPassphrase } from "./NewPassphrase.tsx"

/** The card. */
export const Protection = () => {
  const before = remembered()
  const [asks, setAsks] = useState(before?.kind === "local" && before.passphrase)
  const [passphrase, setPassphrase] = useState("")
  const { busy, problem, run } = useAction()
  const change = (next: string | undefined) =>
    void run(async () => {
      await engine.protect(next)
      protect(next !== undefined)
      setAsks(next !== undefined)
      setPassphrase("")
      say(next === undefined ? "This browser keeps the root key." : "The passphrase protects the keys.")
    })
  const submit = (event: Event) => {
    event.preventDefault()
    change(passphrase)
  }
  return (
    <form aria-labelledby="protection" class="card stack" onSubmit={submit}>
      <h2 id="protection">What protects the keys here</h2>
      <p>
        {asks
          ? "A passphrase: it is asked for whenever the keys are opened."
          : "A root key that this browser keeps and never gives away. Whoever can use this browser profile can use the keys."}
      </p>
      <NewPassphrase key={String(asks)} onValue={setPassphrase} />
      <Problem refused={problem} />
      <div class="row end">
        {asks
          ? <button disabled={busy} onClick={() => change(undefined)} type="button">Ask for no passphrase</button>
          : null}
        <button disabled={busy || passphrase === ""} type="submit">
          {asks ? "Change the passphrase" : "Ask for this passphrase"}
        </button>
      </div>
    </form>
  )
}
