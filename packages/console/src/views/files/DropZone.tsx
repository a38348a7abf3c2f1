/** Takes files that are dropped on it, or chosen. */
import type { TargetedDragEvent } from "preact"
import { useId, useState } from "preact/hooks"

interface DropZoneProps {
  /** Whether one file is all that is wanted. */
  readonly single?: boolean
  readonly onFiles: (files: ReadonlyArray<File>) => void
}

/** The zone. */
export const DropZone = ({ onFiles, single = false }: DropZoneProps) => {
  const id = useId()
  const [over, setOver] = useState(false)
  const hover = (event: TargetedDragEvent<HTMLElement>) => {
    event.preventDefault()
    setOver(event.type === "dragover")
  }
  const drop = (event: TargetedDragEvent<HTMLElement>) => {
    event.preventDefault()
    setOver(false)
    onFiles([...event.dataTransfer?.files ?? []])
  }
  return (
    <div class={over ? "drop over" : "drop"} onDragLeave={hover} onDragOver={hover} onDrop={drop}>
      <label for={id}>{single ? "Drop a file here, or choose it" : "Drop files here, or choose them"}</label>
      <input
        id={id}
        multiple={!single}
        onChange={({ currentTarget }) => {
          onFiles([...currentTarget.files ?? []])
          currentTarget.value = ""
        }}
        type="file"
      />
    </div>
  )
}
