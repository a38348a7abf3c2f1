/** All keys: found by alias, id, description, state, spec or tag. */
import { useState } from "preact/hooks"
import { type KnownKey, loaded, loadKeys, matches } from "../../state/Keys.ts"
import { href } from "../../state/Route.ts"
import { TextField } from "../../ui/Field.tsx"
import { useAction, useLoaded } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { Title } from "../../ui/Title.tsx"
import { KeyRow } from "./KeyRow.tsx"

const Nothing = () => (
  <div class="card empty stack">
    <h2>No keys yet</h2>
    <p>A key encrypts, signs or authenticates, and never leaves its place. Make one, and seal something with it.</p>
    <a class="button primary" href={href("keys", "new")}>Create the first key</a>
  </div>
)

const Table = ({ keys }: { readonly keys: ReadonlyArray<KnownKey> }) => (
  <ul aria-label="Keys" class="keys">
    {keys.map((known) => <KeyRow key={known.metadata.KeyId} known={known} />)}
  </ul>
)

const More = () => {
  const { busy, problem, run } = useAction()
  return (
    <div class="stack">
      <Problem refused={problem} />
      <p class="hint">There are more keys; the search looks through those that are shown.</p>
      <button disabled={busy} onClick={() => void run(() => loadKeys(true))} type="button">Load 100 more</button>
    </div>
  )
}

/** The view. */
export const KeysView = () => {
  const [search, setSearch] = useState("")
  const { problem } = useLoaded(() => loadKeys(), [])
  const known = loaded.value
  const found = known?.keys.filter((key) => matches(key, search)) ?? []
  const count = found.length === known?.keys.length
    ? `${found.length}`
    : `${found.length} of ${known?.keys.length ?? 0}`
  return (
    <>
      <Title text="Keys">
        <a class="button primary" href={href("keys", "new")}>Create a key</a>
      </Title>
      <Problem refused={problem} />
      {known === undefined ? <p role="status">Loading…</p> : known.keys.length === 0 ? <Nothing /> : (
        <div class="stack">
          <search>
            <TextField
              label="Search"
              onValue={setSearch}
              placeholder="Alias, ID, description, tag…"
              type="search"
              value={search}
            />
          </search>
          <p class="hint" role="status">{count} {found.length === 1 ? "key" : "keys"}</p>
          <Table keys={found} />
          {known.next === undefined ? null : <More />}
        </div>
      )}
    </>
  )
}
