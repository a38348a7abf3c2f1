/** What does not change, and the description, which does. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { Copy } from "../../ui/Copy.tsx"
import { TextField } from "../../ui/Field.tsx"
import { momentText } from "../../ui/Format.ts"
import { useAction } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { specText, usageText } from "../keys/Specs.ts"
import type { KeyPartProps } from "./KeyPart.ts"

const Description = ({ known: { metadata }, reload }: KeyPartProps) => {
  const [description, setDescription] = useState(metadata.Description ?? "")
  const { busy, problem, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      await engine.call("UpdateKeyDescription", { KeyId: metadata.KeyId, Description: description })
      await reload()
      say("The description is changed.")
    })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <TextField label="Description" onValue={setDescription} value={description} />
      <Problem refused={problem} />
      {description === (metadata.Description ?? "") ? null : (
        <div class="row end">
          <button disabled={busy} type="submit">Change the description</button>
        </div>
      )}
    </form>
  )
}

const algorithmsOf = ({ metadata }: KeyPartProps["known"]): string =>
  [
    ...metadata.EncryptionAlgorithms ?? [],
    ...metadata.SigningAlgorithms ?? [],
    ...metadata.MacAlgorithms ?? [],
    ...metadata.KeyAgreementAlgorithms ?? []
  ].join(", ")

/** The card. */
export const Facts = (props: KeyPartProps) => {
  const { metadata } = props.known
  const algorithms = algorithmsOf(props.known)
  return (
    <section class="card stack" aria-labelledby="facts">
      <h2 id="facts">About this key</h2>
      <dl class="facts">
        <dt>Key ID</dt>
        <dd>
          <code>{metadata.KeyId}</code> <Copy text={metadata.KeyId} what="key ID" />
        </dd>
        <dt>ARN</dt>
        <dd>
          <code>{metadata.Arn}</code> <Copy text={metadata.Arn ?? ""} what="ARN" />
        </dd>
        <dt>Usage</dt>
        <dd>{usageText(metadata.KeyUsage)}</dd>
        <dt>Spec</dt>
        <dd>{specText(metadata.KeySpec)}</dd>
        {algorithms === "" ? null : (
          <>
            <dt>Algorithms</dt>
            <dd>{algorithms}</dd>
          </>
        )}
        <dt>Created</dt>
        <dd>{momentText(metadata.CreationDate)}</dd>
        <dt>Origin</dt>
        <dd>{metadata.Origin === "AWS_KMS" ? "Made by this KMS" : metadata.Origin}</dd>
      </dl>
      <Description {...props} />
    </section>
  )
}
