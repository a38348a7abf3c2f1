/** The key policy: its text, what it says, and a warning before it locks everyone out. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { Confirm } from "../../ui/Confirm.tsx"
import { AreaField } from "../../ui/Field.tsx"
import { useAction, useLoaded } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import type { KeyPartProps } from "./KeyPart.ts"
import { lockoutText, LockoutWarning } from "./LockoutWarning.tsx"
import { actions, WhoCan } from "./WhoCan.tsx"

const pretty = (text: string): string => {
  const json: unknown = JSON.parse(text)
  return JSON.stringify(json, null, 2)
}

const loadPolicy = async (KeyId: string): Promise<string> => {
  const { Policy = "" } = await engine.call("GetKeyPolicy", { KeyId })
  return pretty(Policy)
}

interface EditorProps extends KeyPartProps {
  readonly saved: string
  readonly onSaved: () => Promise<void>
}

const Editor = ({ known: { metadata }, onSaved, saved }: EditorProps) => {
  const [text, setText] = useState(saved)
  const [asking, setAsking] = useState(false)
  const { busy, problem, run } = useAction()
  const policy = { arn: metadata.Arn ?? "", account: metadata.AWSAccountId ?? "", text }
  const { value: reading } = useLoaded(() => engine.readPolicy(policy, actions), [text, policy.arn])
  const locked = reading?.valid === true ? lockoutText(reading.lockout) : undefined

  const save = async () => {
    await engine.call("PutKeyPolicy", {
      KeyId: metadata.KeyId,
      Policy: text,
      ...(locked === undefined ? {} : { BypassPolicyLockoutSafetyCheck: true })
    })
    await onSaved()
    say("The policy is saved.")
  }
  const submit = (event: Event) => {
    event.preventDefault()
    if (locked === undefined) void run(save)
    else setAsking(true)
  }
  return (
    <div class="columns wide-left">
      <form class="card stack" onSubmit={submit}>
        <AreaField code label="Key policy (JSON)" onValue={setText} rows={24} value={text} />
        {reading?.valid === false ? <Problem refused={reading.problem} /> : null}
        {reading?.valid === true ? <LockoutWarning lockout={reading.lockout} /> : null}
        <Problem refused={problem} />
        <div class="row end">
          <button disabled={text === saved} onClick={() => setText(saved)} type="button">Undo</button>
          <button class="primary" disabled={busy || text === saved || reading?.valid !== true} type="submit">
            Save
          </button>
        </div>
      </form>
      {reading?.valid === true ? <WhoCan reading={reading} /> : null}
      {asking ?
        (
          <Confirm
            action="Lock everyone out"
            onClose={() => setAsking(false)}
            onConfirm={save}
            title="Lock everyone out?"
            word="lock"
          >
            <p>{locked}</p>
            <p>
              Lost for good: the means to change this policy, and with it to manage the key. Nobody can take that back.
            </p>
          </Confirm>
        ) :
        null}
    </div>
  )
}

/** The part of the view. */
export const PolicyEditor = (props: KeyPartProps) => {
  const { KeyId } = props.known.metadata
  const { problem, reload, value } = useLoaded(() => loadPolicy(KeyId), [KeyId])
  return (
    <>
      <Problem refused={problem} />
      {value === undefined ? null : <Editor {...props} key={value} onSaved={reload} saved={value} />}
    </>
  )
}
