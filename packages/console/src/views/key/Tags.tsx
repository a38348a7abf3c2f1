/** The key's tags. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { TextField } from "../../ui/Field.tsx"
import { useAction } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import type { KeyPartProps } from "./KeyPart.ts"

const NewTag = ({ known, reload }: KeyPartProps) => {
  const [name, setName] = useState("")
  const [value, setValue] = useState("")
  const { busy, problem, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      await engine.call("TagResource", { KeyId: known.metadata.KeyId, Tags: [{ TagKey: name, TagValue: value }] })
      await reload()
      setName("")
      setValue("")
      say("The tag is set.")
    })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <div class="pair">
        <TextField label="Tag key" onValue={setName} required value={name} />
        <TextField label="Value" onValue={setValue} value={value} />
      </div>
      <Problem refused={problem} />
      <div class="row end">
        <button disabled={busy} type="submit">Set the tag</button>
      </div>
    </form>
  )
}

/** The card. */
export const Tags = (props: KeyPartProps) => {
  const { known: { metadata, tags }, reload } = props
  const { busy, problem, run } = useAction()
  const remove = (TagKey: string) =>
    void run(async () => {
      await engine.call("UntagResource", { KeyId: metadata.KeyId, TagKeys: [TagKey] })
      await reload()
      say(`The tag ${TagKey} is removed.`)
    })
  return (
    <section class="card stack" aria-labelledby="tags">
      <h2 id="tags">Tags</h2>
      {tags.length === 0 ? <p class="hint">Tags find keys, and policies can ask for them.</p> : (
        <ul class="plain items">
          {tags.map(({ TagKey, TagValue }) => (
            <li key={TagKey}>
              <span>
                <strong>{TagKey}</strong> {TagValue}
              </span>
              <button
                aria-label={`Remove the tag ${TagKey}`}
                class="quiet"
                disabled={busy}
                onClick={() => remove(TagKey)}
                type="button"
              >
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
      <Problem refused={problem} />
      <NewTag {...props} />
    </section>
  )
}
