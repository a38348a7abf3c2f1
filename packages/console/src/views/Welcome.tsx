/** Where are the keys? In this browser, or behind an endpoint. */
import { remembered } from "../state/Session.ts"
import { Mark } from "../ui/Mark.tsx"
import { Connect } from "./Connect.tsx"
import { OpenHere } from "./OpenHere.tsx"

/** The first view. */
export const Welcome = () => {
  const before = remembered()
  return (
    <main class="welcome">
      <header class="stack">
        <h1>
          <Mark /> Keystead
        </h1>
        <p class="lead">Keys that stay where they are, and what they are for: choose where yours are.</p>
      </header>
      <div class="cards">
        <OpenHere asks={before?.kind === "local" && before.passphrase} />
        <Connect before={before?.kind === "remote" ? before : undefined} />
      </div>
    </main>
  )
}
