/** A file on its way: how far, how fast, how long still. */
import { download, forget, type Job } from "../../state/Jobs.ts"
import { bytesText, durationText } from "../../ui/Format.ts"
import { Problem } from "../../ui/Problem.tsx"

const speedText = ({ began, done, size }: Job): string => {
  const seconds = (performance.now() - began) / 1000
  const rate = done / Math.max(seconds, 0.001)
  if (done === 0) return bytesText(size)
  return `${bytesText(done)} of ${bytesText(size)} · ${bytesText(rate)}/s · ${durationText((size - done) / rate)} left`
}

const Running = ({ job }: { readonly job: Job }) => (
  <>
    <progress aria-label={job.name} max={Math.max(1, job.size)} value={job.done} />
    <div class="row between">
      <p class="hint">{speedText(job)}</p>
      <button aria-label={`Cancel ${job.name}`} onClick={job.cancel} type="button">Cancel</button>
    </div>
  </>
)

const Context = ({ context }: { readonly context: Readonly<Record<string, string>> }) => {
  const pairs = Object.entries(context).filter(([key]) => !key.startsWith("aws-crypto-"))
  return pairs.length === 0 ?
    null :
    <p class="hint">Bound to {pairs.map(([key, value]) => `${key} = ${value}`).join(", ")}</p>
}

const Ended = ({ job: { id, name, problem, result } }: { readonly job: Job }) => (
  <>
    <Problem refused={problem} />
    {result === undefined ? null : <Context context={result.context} />}
    <div class="row end">
      {result?.download === undefined ?
        null :
        <button onClick={() => result.download && download(result.download)} type="button">Save again</button>}
      <button aria-label={`Put away ${name}`} onClick={() => forget(id)} type="button">Put away</button>
    </div>
  </>
)

const headline = ({ problem, result, way }: Job): string => {
  if (problem !== undefined) return problem.name === "AbortError" ? "Cancelled" : "Failed"
  if (result !== undefined) return way === "seal" ? "Sealed" : "Opened"
  return way === "seal" ? "Sealing" : "Opening"
}

/** The item. */
export const JobItem = ({ job }: { readonly job: Job }) => (
  <li class="stack">
    <p role="status">
      <strong>{headline(job)}</strong> {job.name}
    </p>
    {job.result === undefined && job.problem === undefined ? <Running job={job} /> : <Ended job={job} />}
  </li>
)
