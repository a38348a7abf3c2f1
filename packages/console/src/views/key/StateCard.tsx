/** The state of the key, what may come next, and the buttons for it. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { dateText } from "../../ui/Format.ts"
import { useAction, useLoaded } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { stateText } from "../../ui/States.ts"
import { ConfirmDisable, ScheduleDeletion } from "./EndOfUse.tsx"
import type { KeyPartProps } from "./KeyPart.ts"
import { Lifecycle } from "./Lifecycle.tsx"
import { Permitted } from "./Permitted.tsx"

type Asking = "disable" | "delete"

const Buttons = ({ known, onAsk, reload }: KeyPartProps & { readonly onAsk: (asking: Asking) => void }) => {
  const { busy, problem, run } = useAction()
  const { KeyId, KeyState: state } = known.metadata
  const change = (operation: "EnableKey" | "CancelKeyDeletion", done: string) => () =>
    void run(async () => {
      await engine.call(operation, { KeyId })
      await reload()
      say(done)
    })
  const leaving = state === "PendingDeletion" || state === "PendingReplicaDeletion"
  return (
    <>
      <Problem refused={problem} />
      <div class="row">
        {state === "Enabled" ? <button onClick={() => onAsk("disable")} type="button">Disable…</button> : null}
        {state === "Disabled" ?
          (
            <button class="primary" disabled={busy} onClick={change("EnableKey", "The key is enabled.")} type="button">
              Enable
            </button>
          ) :
          null}
        {leaving ?
          (
            <button
              class="primary"
              disabled={busy}
              onClick={change("CancelKeyDeletion", "The key stays. It is disabled until you enable it.")}
              type="button"
            >
              Cancel the deletion
            </button>
          ) :
          <button class="danger" onClick={() => onAsk("delete")} type="button">Schedule deletion…</button>}
      </div>
    </>
  )
}

/** The card. */
export const StateCard = (props: KeyPartProps) => {
  const [asking, setAsking] = useState<Asking>()
  const { value: rows = [] } = useLoaded(() => engine.lifecycle(), [])
  const { metadata } = props.known
  const close = () => setAsking(undefined)
  return (
    <section class="card stack" aria-labelledby="state">
      <h2 id="state">State: {stateText(metadata.KeyState)}</h2>
      {metadata.DeletionDate === undefined ? null : (
        <p class="warning">
          On {dateText(metadata.DeletionDate)} it is deleted, and what it encrypted can never be decrypted again.
        </p>
      )}
      {rows.length === 0 ? null : <Lifecycle metadata={metadata} rows={rows} />}
      {metadata.KeyManager === "AWS"
        ? <p class="hint">An AWS managed key: it lives as its service wants.</p>
        : <Buttons {...props} onAsk={setAsking} />}
      <Permitted rows={rows} state={metadata.KeyState} />
      {asking === "disable" ? <ConfirmDisable {...props} onClose={close} /> : null}
      {asking === "delete" ? <ScheduleDeletion {...props} onClose={close} /> : null}
    </section>
  )
}
