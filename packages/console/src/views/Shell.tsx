/** What is around every view: where the keys are, where one can go, and what was just done. */
import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import type { About } from "../backend/Backend.ts"
import { notice } from "../state/Notice.ts"
import { href, route } from "../state/Route.ts"
import { leave } from "../state/Session.ts"
import { Mark } from "../ui/Mark.tsx"
import { View } from "./View.tsx"

const places = [
  ["keys", "Keys"],
  ["text", "Text"],
  ["files", "Files"],
  ["audit", "Audit trail"],
  ["backup", "Backup"]
] as const

const NavLink = ({ children, to }: { readonly to: string; readonly children: ComponentChildren }) => (
  <a aria-current={(route.value[0] ?? "keys") === to ? "page" : undefined} href={href(to)}>{children}</a>
)

/** The shell. The heading gets the focus when the view changes, so that a screen reader says where we are. */
export const Shell = ({ about }: { readonly about: About }) => {
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  const path = route.value.join("/")
  useEffect(() => {
    if (!first.current) main.current?.focus()
    first.current = false
    scrollTo(0, 0)
  }, [path])
  return (
    <div class="shell">
      <header class="bar">
        <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
          Skip to the view
        </a>
        <a class="brand" href={href("keys")}>
          <Mark /> Keystead
        </a>
        <nav aria-label="Views">
          {places.map(([to, text]) => <NavLink key={to} to={to}>{text}</NavLink>)}
        </nav>
        <div class="where">
          <p>
            <strong>{about.place}</strong>
            <span>{about.account} · {about.region}</span>
          </p>
          <button class="quiet" onClick={() => void leave()} type="button">Leave</button>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <View about={about} />
      </main>
      <p class="notice" role="status">{notice.value}</p>
    </div>
  )
}
