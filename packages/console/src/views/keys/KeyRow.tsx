/** One key of the list. */
import { type KnownKey, nameOf } from "../../state/Keys.ts"
import { href } from "../../state/Route.ts"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { specText, usageText } from "./Specs.ts"

/** The row: all of it leads to the key. */
export const KeyRow = ({ known }: { readonly known: KnownKey }) => {
  const { metadata, tags } = known
  const name = nameOf(known)
  return (
    <li class="key">
      <div class="key-name">
        <a href={href("keys", metadata.KeyId)}>{name}</a>
        {metadata.Description && metadata.Description !== name ? <p>{metadata.Description}</p> : null}
        <p class="id">{metadata.KeyId}</p>
      </div>
      <p class="key-spec">
        {usageText(metadata.KeyUsage)}
        <span>{specText(metadata.KeySpec)}</span>
      </p>
      <ul aria-label="Tags" class="tags">
        {tags.map(({ TagKey, TagValue }) => <li key={TagKey}>{TagKey}{TagValue === "" ? "" : ` = ${TagValue}`}</li>)}
      </ul>
      <StateBadge state={metadata.KeyState} />
    </li>
  )
}
