/** All keys of this browser: saved to a sealed file, brought back, protected, erased. */
import type { About } from "../../backend/Backend.ts"
import { Title } from "../../ui/Title.tsx"
import { Erase } from "./Erase.tsx"
import { Keeping } from "./Keeping.tsx"
import { Protection } from "./Protection.tsx"
import { Restore } from "./Restore.tsx"
import { SaveBackup } from "./SaveBackup.tsx"

const Elsewhere = ({ place }: { readonly place: string }) => (
  <section class="card stack" aria-labelledby="elsewhere">
    <h2 id="elsewhere">The keys are with {place}</h2>
    <p>
      Back them up there: copy the store’s folder, and its root key to another place. One without the other is
      worthless.
    </p>
  </section>
)

/** The view. */
export const BackupView = ({ about }: { readonly about: About }) => (
  <>
    <Title text="Backup" />
    {about.kind === "remote" ? <Elsewhere place={about.place} /> : (
      <div class="columns">
        <SaveBackup />
        <Restore />
        <Protection />
        <div class="stack">
          <Keeping />
          <Erase />
        </div>
      </div>
    )}
  </>
)
