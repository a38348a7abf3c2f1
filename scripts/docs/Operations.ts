/** docs/operations.md, out of the registry. */
import { methodName } from "@keystead/core/Client"
import { keyStates } from "@keystead/core/lifecycle/KeyState"
import { operations } from "@keystead/core/operations/Registry"
import { table } from "./Markdown.ts"

const rows = operations.map(({ actions, input, name, readOnly, states }) => {
  const refused = states === undefined ? [] : keyStates.filter((state) => states[state].endsWith("Exception"))
  return [
    name,
    `\`${methodName(name)}\``,
    actions.join(", "),
    Object.keys(fieldsOf(input)).join(", "),
    readOnly ? "" : "yes",
    refused.join(", ")
  ]
})

function fieldsOf(schema: object): object {
  return "fields" in schema && typeof schema.fields === "object" && schema.fields !== null ? schema.fields : {}
}

/** The page. */
export const operationsPage = (): string =>
  `# The operations

Generated from the registry by \`npm run docs:generate\`: ${operations.length} operations. Their shapes are those of
\`@aws-sdk/client-kms\`; [the lifecycle](lifecycle.md) says which error refuses in which state, and each operation's type
exactly which errors it can give.

${table(["operation", "method", "action", "members", "writes", "refused in"], rows)}
`
