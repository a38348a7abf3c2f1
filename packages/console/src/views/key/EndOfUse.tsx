/** Disabling a key and having it deleted: both ask first, and say what will be lost. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { nameOf } from "../../state/Keys.ts"
import { say } from "../../state/Notice.ts"
import { Confirm } from "../../ui/Confirm.tsx"
import { TextField } from "../../ui/Field.tsx"
import { dateText } from "../../ui/Format.ts"
import type { KeyPartProps } from "./KeyPart.ts"

type Props = KeyPartProps & { readonly onClose: () => void }

/** Asks before the key is disabled. */
export const ConfirmDisable = ({ known, onClose, reload }: Props) => (
  <Confirm
    action="Disable the key"
    onClose={onClose}
    onConfirm={async () => {
      await engine.call("DisableKey", { KeyId: known.metadata.KeyId })
      await reload()
      say("The key is disabled.")
    }}
    title={`Disable ${nameOf(known)}?`}
  >
    <p>Until it is enabled again, nothing can be encrypted, decrypted, signed or verified with it.</p>
    <p>Nothing is lost: its material, aliases, grants and policy stay.</p>
  </Confirm>
)

const day = 24 * 60 * 60 * 1000

const Loss = ({ aliases }: KeyPartProps["known"]) => (
  <>
    <p>From now on the key is refused to everyone. When the waiting period ends, all of this is lost for good:</p>
    <ul>
      <li>its key material, and with it everything that was ever encrypted under it</li>
      <li>
        {aliases.length === 0
          ? "its tags, grants and policy"
          : `its aliases ${aliases.join(", ")}, tags, grants and policy`}
      </li>
    </ul>
    <p>Until then the deletion can be cancelled. If you only want it unused, disable it.</p>
  </>
)

/** Asks for the waiting period, and for the key's name. */
export const ScheduleDeletion = ({ known, onClose, reload }: Props) => {
  const [days, setDays] = useState("30")
  const date = new Date(Date.now() + Number(days) * day)
  return (
    <Confirm
      action="Schedule the deletion"
      onClose={onClose}
      onConfirm={async () => {
        await engine.call("ScheduleKeyDeletion", {
          KeyId: known.metadata.KeyId,
          PendingWindowInDays: Number(days)
        })
        await reload()
        say("The deletion is scheduled.")
      }}
      title={`Delete ${nameOf(known)}?`}
      word={nameOf(known)}
    >
      <Loss {...known} />
      <TextField
        hint={Number(days) >= 7 && Number(days) <= 30 ? `It is deleted on ${dateText(date)}.` : "From 7 to 30 days."}
        label="Waiting period in days"
        max={30}
        min={7}
        onValue={setDays}
        required
        type="number"
        value={days}
      />
    </Confirm>
  )
}
