/** Asks before something that cannot be taken back, and says what will be lost. */
import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { Dialog } from "./Dialog.tsx"
import { TextField } from "./Field.tsx"
import { useAction } from "./Hooks.ts"
import { Problem } from "./Problem.tsx"

interface ConfirmProps {
  readonly title: string
  /** What will be lost. */
  readonly children: ComponentChildren
  /** What the button that does it says. */
  readonly action: string
  /** A word that must be typed first, for what matters most. */
  readonly word?: string
  readonly onConfirm: () => Promise<void>
  readonly onClose: () => void
}

/** The dialogue. It stays, with the reason, if it could not be done. */
export const Confirm = ({ action, children, onClose, onConfirm, title, word }: ConfirmProps) => {
  const [typed, setTyped] = useState("")
  const { busy, problem, run } = useAction()
  const submit = async (event: Event) => {
    event.preventDefault()
    if (await run(onConfirm)) onClose()
  }
  return (
    <Dialog onClose={onClose} title={title}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <div class="stack loss">{children}</div>
        {word === undefined ?
          null :
          <TextField label={`Type “${word}” to go on`} onValue={setTyped} required value={typed} />}
        <Problem refused={problem} />
        <div class="row end">
          <button autofocus={word === undefined} onClick={onClose} type="button">Cancel</button>
          <button class="danger" disabled={busy || (word !== undefined && typed !== word)} type="submit">
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
