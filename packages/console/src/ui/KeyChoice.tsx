/** Chooses among the enabled symmetric keys that are there. */
import { useEffect } from "preact/hooks"
import { loaded, loadKeys, nameOf } from "../state/Keys.ts"
import { href } from "../state/Route.ts"
import { ChoiceField } from "./Field.tsx"
import { useLoaded } from "./Hooks.ts"
import { Problem } from "./Problem.tsx"

interface KeyChoiceProps {
  /** The id of the key; empty until there is one. */
  readonly value: string
  readonly onValue: (keyId: string) => void
}

/** The field. It takes the first key by itself. */
export const KeyChoice = ({ onValue, value }: KeyChoiceProps) => {
  const { problem } = useLoaded(() => loadKeys(), [])
  const usable =
    loaded.value?.keys.filter(({ metadata }) =>
      metadata.KeyState === "Enabled" && metadata.KeySpec === "SYMMETRIC_DEFAULT" && metadata.KeyManager !== "AWS"
    ) ?? []
  const [first] = usable
  useEffect(() => {
    if (value === "" && first !== undefined) onValue(first.metadata.KeyId)
  }, [first])
  if (loaded.value !== undefined && usable.length === 0) {
    return (
      <p class="warning">
        There is no enabled symmetric key. <a href={href("keys", "new")}>Create one</a> first.
      </p>
    )
  }
  return (
    <>
      <Problem refused={problem} />
      <ChoiceField
        label="Key"
        onValue={onValue}
        options={usable.map((known) => [known.metadata.KeyId, nameOf(known)] as const)}
        value={value}
      />
    </>
  )
}
