/** docs/lifecycle.md, out of the registry's rows. */
import { keyStates } from "@keystead/core/lifecycle/KeyState"
import type { Outcome } from "@keystead/core/lifecycle/Row"
import { operations } from "@keystead/core/operations/Registry"
import { table } from "./Markdown.ts"

const becomes = "becomes "

const cell = (outcome: Outcome): string => {
  if (outcome === "proceeds") return "✓"
  return outcome.startsWith(becomes) ? `→ ${outcome.slice(becomes.length)}` : outcome.replace("Exception", "")
}

const rows = operations.flatMap(({ name, states }) =>
  states === undefined ? [] : [[name, ...keyStates.map((state) => cell(states[state]))]]
)

const moves = operations.flatMap(({ name, states }) =>
  states === undefined ? [] : keyStates.flatMap((from) => {
    const outcome = states[from]
    return outcome.startsWith(becomes) ? [`    ${from} --> ${outcome.slice(becomes.length)}: ${name}`] : []
  })
)

const withoutKey = operations.filter(({ states }) => states === undefined).map(({ name }) => name)

/** The page. */
export const lifecyclePage = (): string =>
  `# The lifecycle of a KMS key

Generated from the operations' rows of the lifecycle table by \`npm run docs:generate\`. Source: AWS KMS developer guide,
"Key states of AWS KMS keys".

✓ the operation goes on, and the state stays · → the state that it moves the key to · otherwise the error that refuses it,
without its \`Exception\`.

${table(["operation", ...keyStates], rows)}

About no key that exists: ${withoutKey.join(", ")}.

\`\`\`mermaid
stateDiagram-v2
    [*] --> Enabled: CreateKey
${moves.join("\n")}
    PendingDeletion --> [*]: DeletionDate
\`\`\`

Only Enabled, Disabled and PendingDeletion can be reached so far. The end of a deletion window is computed whenever the
key is looked at; automatic rotation happens in Enabled only, and what fell due meanwhile happens at EnableKey.
`
