/** One key: what it is, how it stands, who may use it. */
import { describe, nameOf } from "../../state/Keys.ts"
import { href } from "../../state/Route.ts"
import { useLoaded } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { Title } from "../../ui/Title.tsx"
import { Grants } from "./Grants.tsx"
import type { KeyPartProps } from "./KeyPart.ts"
import { Names } from "./Names.tsx"
import { Overview } from "./Overview.tsx"
import { PolicyEditor } from "./PolicyEditor.tsx"

const tabs = [
  ["overview", "Overview"],
  ["names", "Aliases and tags"],
  ["grants", "Grants"],
  ["policy", "Policy"]
] as const

const Part = ({ tab, ...props }: KeyPartProps & { readonly tab: string }) => {
  switch (tab) {
    case "names":
      return <Names {...props} />
    case "grants":
      return <Grants {...props} />
    case "policy":
      return <PolicyEditor {...props} />
    default:
      return <Overview {...props} />
  }
}

interface KeyViewProps {
  readonly id: string
  readonly tab: string | undefined
}

/** The view. */
export const KeyView = ({ id, tab = "overview" }: KeyViewProps) => {
  const { problem, reload, value } = useLoaded(() => describe(id), [id])
  return (
    <>
      <p class="crumbs">
        <a href={href("keys")}>Keys</a>
      </p>
      <Problem refused={problem} />
      {value === undefined ? null : (
        <>
          <Title text={nameOf(value)}>
            <StateBadge state={value.metadata.KeyState} />
          </Title>
          <nav aria-label="Parts of the key" class="tabs">
            {tabs.map(([to, text]) => (
              <a aria-current={to === tab ? "page" : undefined} href={href("keys", id, to)} key={to}>{text}</a>
            ))}
          </nav>
          <Part known={value} reload={reload} tab={tab} />
        </>
      )}
    </>
  )
}
