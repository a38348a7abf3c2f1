/** Entries of a trail, the newest first. */
import { momentText } from "../../ui/Format.ts"
import { entryOf, type Shown } from "./Entries.ts"

const Entry = ({ entry }: { readonly entry: Shown }) => (
  <li class={entry.error === "" ? "entry" : "entry refused"}>
    <details>
      <summary>
        <strong>{entry.operation}</strong>
        <span class="entry-outcome">{entry.error === "" ? "done" : entry.error}</span>
        <span class="hint">{Number.isNaN(entry.time.getTime()) ? "" : momentText(entry.time)}</span>
      </summary>
      <dl class="facts">
        <dt>Who</dt>
        <dd>{entry.who}</dd>
        {entry.about.length === 0 ? null : (
          <>
            <dt>On</dt>
            <dd>{entry.about.join(", ")}</dd>
          </>
        )}
        {entry.message === "" ? null : (
          <>
            <dt>Why</dt>
            <dd>{entry.message}</dd>
          </>
        )}
      </dl>
      <pre tabIndex={0}>{entry.event}</pre>
    </details>
  </li>
)

/** The list. */
export const EntryList = ({ lines }: { readonly lines: ReadonlyArray<string> }) => (
  <ol class="plain entries" reversed>
    {lines.map(entryOf).reverse().map((entry) => <Entry entry={entry} key={entry.key} />)}
  </ol>
)
