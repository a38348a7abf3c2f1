/** A button that copies a text. */
import { say } from "../state/Notice.ts"

interface CopyProps {
  readonly text: string
  /** What it is, such as “key ID”. */
  readonly what: string
}

/** Copies, and says so. */
export const Copy = ({ text, what }: CopyProps) => {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      say(`Copied the ${what}.`)
    } catch {
      say(`This browser does not let the page copy. Select the ${what} and copy it.`)
    }
  }
  return <button aria-label={`Copy the ${what}`} class="quiet" onClick={() => void copy()} type="button">Copy</button>
}
