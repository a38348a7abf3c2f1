/** Saves all keys of this browser to a sealed file, and brings them back. */
import type { About } from "../../backend/Backend.ts"
import { Title } from "../../ui/Title.tsx"

/** The view. */
export const BackupView = ({ about }: { readonly about: About }) => (
  <>
    <Title text="Backup" />
    <p>{about.place} is backed up where it is: copy the store’s folder and its root key, each to a place of its own.</p>
  </>
)
