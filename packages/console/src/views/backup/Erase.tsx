/** Deletes all keys of this browser. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { loaded } from "../../state/Keys.ts"
import { forgetSession } from "../../state/Session.ts"
import { Confirm } from "../../ui/Confirm.tsx"

const erase = async () => {
  await engine.erase()
  loaded.value = undefined
  forgetSession()
}

/** The card. */
export const Erase = () => {
  const [asking, setAsking] = useState(false)
  const count = loaded.value?.keys.length
  return (
    <section class="card stack" aria-labelledby="erase">
      <h2 id="erase">Erase all keys of this browser</h2>
      <div class="row end">
        <button class="danger" onClick={() => setAsking(true)} type="button">Erase everything…</button>
      </div>
      {asking ?
        (
          <Confirm
            action="Erase everything"
            onClose={() => setAsking(false)}
            onConfirm={erase}
            title="Erase all keys of this browser?"
            word="erase"
          >
            <p>At once, and with no waiting period, all of this is lost for good:</p>
            <ul>
              <li>{count === undefined ? "every key" : `the ${count} keys that are loaded, and any others`}</li>
              <li>what was encrypted under them, wherever it is, unless you have a backup and its passphrase</li>
              <li>the audit trail of this browser</li>
            </ul>
          </Confirm>
        ) :
        null}
    </section>
  )
}
