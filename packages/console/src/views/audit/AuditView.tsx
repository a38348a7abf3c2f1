/** Who did what, when, and how it ended: with the chain of hashes checked. */
import type { About } from "../../backend/Backend.ts"
import { Title } from "../../ui/Title.tsx"
import { CheckFile } from "./CheckFile.tsx"
import { OwnTrail } from "./OwnTrail.tsx"

const Elsewhere = () => (
  <section class="card stack" aria-labelledby="elsewhere">
    <h2 id="elsewhere">The trail is with the endpoint</h2>
    <p>
      An endpoint writes its audit trail to a file on its own side, which nobody can read through it:{" "}
      <code>keystead serve --audit FILE</code>. Bring the file here to look at it, and to have its chain checked.
    </p>
  </section>
)

/** The view. */
export const AuditView = ({ about }: { readonly about: About }) => (
  <>
    <Title text="Audit trail" />
    <div class="stack">
      {about.kind === "local" ? <OwnTrail /> : <Elsewhere />}
      <CheckFile />
    </div>
  </>
)
