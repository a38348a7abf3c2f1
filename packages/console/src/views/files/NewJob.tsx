/** Chooses files, the key and the encryption context, and begins. */
import { useState } from "preact/hooks"
import type { FileJob } from "../../engine/FileJob.ts"
import { begin } from "../../state/Jobs.ts"
import { AreaField } from "../../ui/Field.tsx"
import { bytesText } from "../../ui/Format.ts"
import { useAction } from "../../ui/Hooks.ts"
import { KeyChoice } from "../../ui/KeyChoice.tsx"
import { pairsOf } from "../../ui/Lines.ts"
import { Problem } from "../../ui/Problem.tsx"
import { DropZone } from "./DropZone.tsx"
import { chooseTarget } from "./SavePicker.ts"

/** What the file is called on the other side. */
const nameAfter = (way: FileJob["way"], name: string): string => {
  if (way === "seal") return `${name}.sealed`
  return name.endsWith(".sealed") ? name.slice(0, -".sealed".length) : `${name}.opened`
}

interface ChosenProps {
  readonly files: ReadonlyArray<File>
  readonly onRemove: (file: File) => void
}

const Chosen = ({ files, onRemove }: ChosenProps) => (
  <ul aria-label="Chosen files" class="plain items">
    {files.map((file) => (
      <li key={file.name}>
        <span>
          {file.name} <span class="hint">{bytesText(file.size)}</span>
        </span>
        <button aria-label={`Remove ${file.name}`} class="quiet" onClick={() => onRemove(file)} type="button">
          Remove
        </button>
      </li>
    ))}
  </ul>
)

/** The form. Each file is saved where the browser asks for, one after the other, and then they go on side by side. */
export const NewJob = ({ way }: { readonly way: FileJob["way"] }) => {
  const [files, setFiles] = useState<ReadonlyArray<File>>([])
  const [keyId, setKeyId] = useState("")
  const [context, setContext] = useState("")
  const { busy, problem, run } = useAction()
  const start = async () => {
    const pairs = pairsOf(context)
    for (const file of files) {
      const name = nameAfter(way, file.name)
      const common = { file, name, context: pairs, to: await chooseTarget(name) }
      void begin(way === "seal" ? { ...common, way, keyId } : { ...common, way })
      setFiles((left) => left.filter((one) => one !== file))
    }
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void run(start)
  }
  return (
    <form class="stack" onSubmit={submit}>
      <DropZone onFiles={(more) => setFiles([...files, ...more])} />
      <Chosen files={files} onRemove={(file) => setFiles(files.filter((one) => one !== file))} />
      {way === "open" ? null : <KeyChoice onValue={setKeyId} value={keyId} />}
      <AreaField
        hint={way === "seal"
          ? "Not secret, and bound to the file. One pair a line: department=pay"
          : "The file must have these pairs. It may have more; they show when it is opened."}
        label="Encryption context"
        onValue={setContext}
        rows={2}
        value={context}
      />
      <Problem refused={problem} />
      <div class="row end">
        <button
          class="primary"
          disabled={busy || files.length === 0 || (way === "seal" && keyId === "")}
          type="submit"
        >
          {way === "seal" ? "Seal" : "Open"} {files.length > 1 ? `${files.length} files` : "the file"}
        </button>
      </div>
    </form>
  )
}
