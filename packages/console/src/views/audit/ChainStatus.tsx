/** Whether a trail's chain is whole. */
import type { ChainReport } from "../../engine/CheckChain.ts"

/** The line. */
export const ChainStatus = ({ report }: { readonly report: ChainReport }) =>
  report.intact ?
    (
      <p class="chain good" role="status">
        The chain is whole: {report.entries} {report.entries === 1 ? "entry" : "entries"} by {report.writers}{" "}
        {report.writers === 1 ? "writer" : "writers"}, none missing in between and none altered.
      </p>
    ) :
    (
      <p class="chain bad" role="alert">
        <strong>The chain is broken at entry {report.line}:</strong> {report.reason}.
      </p>
    )
