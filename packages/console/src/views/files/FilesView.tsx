/** Files of any size, sealed under a key and opened again. */
import { useState } from "preact/hooks"
import { jobs } from "../../state/Jobs.ts"
import { Title } from "../../ui/Title.tsx"
import { JobItem } from "./JobItem.tsx"
import { NewJob } from "./NewJob.tsx"

const ways = [["seal", "Seal"], ["open", "Open"]] as const

/** The view. */
export const FilesView = () => {
  const [way, setWay] = useState<"seal" | "open">("seal")
  return (
    <>
      <Title text="Seal and open files" />
      <div class="columns">
        <section class="card stack" aria-label="Files">
          <fieldset class="segments">
            <legend class="hidden">What to do</legend>
            {ways.map(([value, text]) => (
              <label key={value}>
                <input checked={way === value} name="way" onChange={() => setWay(value)} type="radio" value={value} />
                {text}
              </label>
            ))}
          </fieldset>
          <NewJob key={way} way={way} />
        </section>
        <section class="card stack" aria-labelledby="jobs">
          <h2 id="jobs">On their way</h2>
          {jobs.value.length === 0 ?
            <p class="hint">Files that are sealed or opened show here.</p> :
            (
              <ul class="plain jobs">
                {jobs.value.map((job) => <JobItem job={job} key={job.id} />)}
              </ul>
            )}
        </section>
      </div>
    </>
  )
}
