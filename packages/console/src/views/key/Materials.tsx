/** The key's materials and rotation. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { say } from "../../state/Notice.ts"
import { TextField } from "../../ui/Field.tsx"
import { dateText, momentText } from "../../ui/Format.ts"
import { type Loading, useAction, useLoaded } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import type { KeyPartProps } from "./KeyPart.ts"
import { type Life, lifeOf } from "./Life.ts"
import { TimeLine } from "./TimeLine.tsx"

const List = ({ materials }: Life) => (
  <details>
    <summary>{materials.length} key {materials.length === 1 ? "material" : "materials"}</summary>
    <ol class="plain materials" reversed>
      {materials.toReversed().map(({ from, id, until, why }) => (
        <li key={from.getTime()}>
          <strong>{until === undefined ? "Current" : "Decrypts only"}</strong>, since {momentText(from)} ({why})
          {id === "" ? null : <p class="id">{id}</p>}
        </li>
      ))}
    </ol>
  </details>
)

interface RotationProps extends KeyPartProps {
  readonly life: Loading<Life>
}

const Rotation = ({ known, life: { reload, value } }: RotationProps) => {
  const [period, setPeriod] = useState(String(value?.periodInDays ?? 365))
  const { busy, problem, run } = useAction()
  const { KeyId } = known.metadata
  const change = (work: () => Promise<unknown>, done: string) =>
    void run(async () => {
      await work()
      await reload()
      say(done)
    })
  const enable = (event: Event) => {
    event.preventDefault()
    change(
      () => engine.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: Number(period) }),
      `The key rotates every ${period} days.`
    )
  }
  return (
    <form class="stack" onSubmit={enable}>
      <TextField
        hint={value?.rotates === true
          ? `The next rotation is on ${dateText(value.nextRotation)}.`
          : "It does not rotate by itself."}
        label="Rotation period in days"
        max={2560}
        min={90}
        onValue={setPeriod}
        required
        type="number"
        value={period}
      />
      <Problem refused={problem} />
      <div class="row">
        <button disabled={busy} type="submit">
          {value?.rotates === true ? "Change the period" : "Rotate by itself"}
        </button>
        {value?.rotates === true ?
          (
            <button
              disabled={busy}
              onClick={() =>
                change(() => engine.call("DisableKeyRotation", { KeyId }), "The key does not rotate any more.")}
              type="button"
            >
              Stop rotating
            </button>
          ) :
          null}
        <button
          disabled={busy}
          onClick={() => change(() => engine.call("RotateKeyOnDemand", { KeyId }), "The key has new material.")}
          type="button"
        >
          Rotate now
        </button>
      </div>
    </form>
  )
}

/** The card. */
export const Materials = (props: KeyPartProps) => {
  const { metadata } = props.known
  const life = useLoaded(() => lifeOf(props.known), [props.known])
  const rotates = metadata.KeySpec === "SYMMETRIC_DEFAULT" && metadata.KeyState === "Enabled" &&
    metadata.KeyManager !== "AWS" && metadata.Origin === "AWS_KMS"
  return (
    <section class="card stack" aria-labelledby="materials">
      <h2 id="materials">Materials and rotation</h2>
      <Problem refused={life.problem} />
      {life.value === undefined ? null : (
        <>
          <TimeLine life={life.value} now={new Date()} />
          <List {...life.value} />
          {rotates
            ? <Rotation {...props} key={life.value.periodInDays} life={life} />
            : <p class="hint">Only an enabled symmetric key whose material is made here rotates.</p>}
        </>
      )}
    </section>
  )
}
