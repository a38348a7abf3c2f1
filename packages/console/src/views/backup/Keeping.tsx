/** Whether the browser promises to keep the keys, and how much room there is. */
import { bytesText } from "../../ui/Format.ts"
import { useAction, useLoaded } from "../../ui/Hooks.ts"

const look = async () => ({ kept: await navigator.storage.persisted(), space: await navigator.storage.estimate() })

/** The card. */
export const Keeping = () => {
  const { reload, value } = useLoaded(look, [])
  const { busy, run } = useAction()
  const ask = () =>
    run(async () => {
      await navigator.storage.persist()
      await reload()
    })
  if (value === undefined) return null
  const { kept, space: { quota = 0, usage = 0 } } = value
  return (
    <section class="card stack" aria-labelledby="keeping">
      <h2 id="keeping">How long this browser keeps them</h2>
      {kept
        ? <p>Until you clear this site’s data.</p>
        : <p>It may clear them when the disk is full, and a private window forgets them when it is closed.</p>}
      {kept ? null : <button disabled={busy} onClick={() => void ask()} type="button">Ask it to keep them</button>}
      <p class="hint">{bytesText(usage)} of {bytesText(quota)} are used by this site.</p>
    </section>
  )
}
