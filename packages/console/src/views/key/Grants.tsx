/** The key's grants: permissions given and taken back without a change of its policy. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { everyPage } from "../../state/Pages.ts"
import { useLoaded } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { ConfirmEnd, type Ending } from "./EndGrant.tsx"
import { type Grant, GrantItem } from "./GrantItem.tsx"
import type { KeyPartProps } from "./KeyPart.ts"
import { NewGrant } from "./NewGrant.tsx"

const grantsOf = async (KeyId: string): Promise<ReadonlyArray<Grant>> => {
  const pages = await everyPage((Marker) => engine.call("ListGrants", { KeyId, Marker, Limit: 100 }))
  return pages.flatMap(({ Grants = [] }) => Grants)
}

/** The part of the view. */
export const Grants = ({ known: { metadata } }: KeyPartProps) => {
  const [ending, setEnding] = useState<Ending>()
  const [token, setToken] = useState("")
  const { problem, reload, value: grants } = useLoaded(() => grantsOf(metadata.KeyId), [metadata.KeyId])
  return (
    <div class="columns">
      <section class="card stack" aria-labelledby="grants">
        <h2 id="grants">Grants</h2>
        <Problem refused={problem} />
        {grants === undefined ?
          null :
          grants.length === 0 ?
          <p class="hint">Nobody has a grant for this key.</p> :
          (
            <ul class="plain grants">
              {grants.map((grant) => <GrantItem grant={grant} key={grant.GrantId} onEnd={setEnding} />)}
            </ul>
          )}
      </section>
      <NewGrant keyId={metadata.KeyId} onMade={async (made) => (setToken(made), await reload())} token={token} />
      {ending === undefined ?
        null :
        (
          <ConfirmEnd
            arn={metadata.Arn ?? metadata.KeyId}
            ending={ending}
            onClose={() => setEnding(undefined)}
            reload={reload}
          />
        )}
    </div>
  )
}
