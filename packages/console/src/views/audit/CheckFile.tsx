/** Looks at a trail in a file: one that an endpoint wrote, or one that was saved here. */
import { useState } from "preact/hooks"
import type { ChainReport } from "../../engine/CheckChain.ts"
import { engine } from "../../state/Engine.ts"
import { useAction } from "../../ui/Hooks.ts"
import { Problem } from "../../ui/Problem.tsx"
import { DropZone } from "../files/DropZone.tsx"
import { ChainStatus } from "./ChainStatus.tsx"
import { EntryList } from "./EntryList.tsx"

interface Read {
  readonly name: string
  readonly report: ChainReport
  readonly lines: ReadonlyArray<string>
}

const most = 200

const read = async (file: File): Promise<Read> => {
  const text = await file.text()
  const lines = text.split("\n").filter((line) => line !== "")
  return { name: file.name, report: await engine.auditCheck(text), lines: lines.slice(-most) }
}

/** The card. */
export const CheckFile = () => {
  const [found, setFound] = useState<Read>()
  const { problem, run } = useAction()
  const take = ([file]: ReadonlyArray<File>) => {
    if (file !== undefined) void run(async () => setFound(await read(file)))
  }
  return (
    <section class="card stack" aria-labelledby="check">
      <h2 id="check">Check a file</h2>
      <DropZone onFiles={take} single />
      <Problem refused={problem} />
      {found === undefined ? null : (
        <>
          <h3>{found.name}</h3>
          <ChainStatus report={found.report} />
          <EntryList lines={found.lines} />
        </>
      )}
    </section>
  )
}
