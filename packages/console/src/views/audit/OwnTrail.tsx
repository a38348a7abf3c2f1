/** The trail of the keys in this browser. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { download } from "../../state/Jobs.ts"
import { CheckField } from "../../ui/Field.tsx"
import { useAction, useLoaded } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { ChainStatus } from "./ChainStatus.tsx"
import { entryOf } from "./Entries.ts"
import { EntryList } from "./EntryList.tsx"

const step = 500

/** What only looks: the console itself does so for every view. */
const onlyLooks = (line: string): boolean => /^(Describe|Get|List)/.test(entryOf(line, 0).operation)

const load = async (count: number) => {
  const [lines, all] = await Promise.all([engine.auditLast(count), engine.auditAll()])
  return { lines, report: await engine.auditCheck(all) }
}

const save = async () => {
  const text = await engine.auditAll()
  download(new File([text], "keystead-audit.jsonl", { type: "application/jsonl" }))
}

/** The card. */
export const OwnTrail = () => {
  const [count, setCount] = useState(step)
  const [all, setAll] = useState(false)
  const { problem, reload, value } = useLoaded(() => load(count), [count])
  const { busy, problem: unsaved, run } = useAction()
  return (
    <section class="card stack" aria-labelledby="own">
      <h2 id="own">In this browser</h2>
      <Problem refused={problem ?? unsaved} />
      {value === undefined ? <p role="status">Checking…</p> : (
        <>
          <ChainStatus report={value.report} />
          <div class="row">
            <button onClick={() => void reload()} type="button">Check again</button>
            <button disabled={busy} onClick={() => void run(save)} type="button">Save it to a file</button>
          </div>
          <CheckField checked={all} label="Show also what only looked" onChecked={setAll} />
          <EntryList lines={all ? value.lines : value.lines.filter((line) => !onlyLooks(line))} />
          {value.lines.length < count ?
            null :
            <button onClick={() => setCount(count + step)} type="button">Show more</button>}
        </>
      )}
    </section>
  )
}
