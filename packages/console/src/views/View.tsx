/** The view that the address names. */
import type { About } from "../backend/Backend.ts"
import { route } from "../state/Route.ts"
import { AuditView } from "./audit/AuditView.tsx"
import { BackupView } from "./backup/BackupView.tsx"
import { FilesView } from "./files/FilesView.tsx"
import { KeyView } from "./key/KeyView.tsx"
import { KeysView } from "./keys/KeysView.tsx"
import { NewKeyView } from "./keys/NewKeyView.tsx"
import { TextView } from "./text/TextView.tsx"

/** The view. A place that there is not shows the keys. */
export const View = ({ about }: { readonly about: About }) => {
  const [place, id, tab] = route.value
  switch (place) {
    case "text":
      return <TextView />
    case "files":
      return <FilesView />
    case "audit":
      return <AuditView about={about} />
    case "backup":
      return <BackupView about={about} />
    default:
      if (id === undefined) return <KeysView />
      return id === "new" ? <NewKeyView about={about} /> : <KeyView id={id} key={id} tab={tab} />
  }
}
