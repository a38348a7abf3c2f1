/** Opens the keys of this browser. */
import { openKeys } from "../state/Session.ts"
import { useAction } from "../ui/Hooks.ts"
import { Problem } from "../ui/Problem.tsx"

/** The card. */
export const OpenHere = () => {
  const { busy, problem, run } = useAction()
  return (
    <section class="card stack" aria-labelledby="here">
      <h2 id="here">Keys in this browser</h2>
      <p>
        They are made here and stay here, and work without a network. The key above them all cannot be exported, not
        even by this page: a copy of the browser’s database is worthless elsewhere.
      </p>
      <Problem refused={problem} />
      <button class="primary" disabled={busy} onClick={() => void run(() => openKeys({ kind: "local" }))} type="button">
        {busy ? "Opening…" : "Open keys in this browser"}
      </button>
      <p class="hint">If this site’s data is cleared, the keys are gone. Save a backup.</p>
    </section>
  )
}
