/** A view's heading, which is the page's title as well. */
import type { ComponentChildren } from "preact"
import { useEffect } from "preact/hooks"

interface TitleProps {
  readonly text: string
  /** What stands at the right of it. */
  readonly children?: ComponentChildren
}

/** The heading. */
export const Title = ({ children, text }: TitleProps) => {
  useEffect(() => {
    document.title = `${text} · Keystead`
  }, [text])
  return (
    <div class="title">
      <h1>{text}</h1>
      {children}
    </div>
  )
}
