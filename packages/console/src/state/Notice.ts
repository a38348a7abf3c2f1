/** What was just done, in a line that screen readers read out and that goes away by itself. */
import { signal } from "@preact/signals"

/** The line; empty for none. */
export const notice = signal("")

let timer: ReturnType<typeof setTimeout> | undefined

/** Says it for eight seconds. */
export const say = (text: string): void => {
  clearTimeout(timer)
  notice.value = text
  timer = setTimeout(() => void (notice.value = ""), 8000)
}
