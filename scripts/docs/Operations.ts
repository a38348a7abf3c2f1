/** docs/operations.md, out of the registry. */
import { methodName } from "@keystead/core/Client"
import { keyStates } from "@keystead/core/lifecycle/KeyState"
import { operations } from "@keystead/core/operations/Registry"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { errorTable } from "../../packages/core/test/types/ErrorTable.ts"
import { root } from "../workspaces.ts"
import { groupsOf, keySpecsOf, runtimesOf } from "./KeySpecs.ts"
import { table } from "./Markdown.ts"

const rows = operations.map((operation) => {
  const { actions, input, name, readOnly, states } = operation
  const refused = states === undefined ? [] : keyStates.filter((state) => states[state].endsWith("Exception"))
  return [
    name,
    `\`${methodName(name)}\``,
    groupsOf(operation).join(", "),
    actions.join(", "),
    keySpecsOf(operation),
    Object.keys(fieldsOf(input)).join(", "),
    readOnly ? "" : "yes",
    refused.join(", "),
    runtimesOf(operation)
  ]
})

function fieldsOf(schema: object): object {
  return "fields" in schema && typeof schema.fields === "object" && schema.fields !== null ? schema.fields : {}
}

/** What nearly every operation can give, and the page says once. */
const common = ["ValidationException", "AccessDeniedException"]
const ofStore = ["StorageError", "IntegrityError", "DependencyTimeoutException"]

const errors = new Map<string, ReadonlyArray<string>>(Object.entries(errorTable))
const errorsOf = (name: string): ReadonlyArray<string> => errors.get(name) ?? []

/** The first sentence of the doc comment of the operation's value. */
const meaningOf = (name: string): string => {
  const source = readFileSync(join(root, `packages/core/src/operations/${name}.ts`), "utf8")
  const [, comment = ""] = new RegExp(`/\\*\\*([^/]*?)\\*/\\nexport const ${name} =`).exec(source) ?? []
  const text = comment.replaceAll(/\s+(?:\* )?/g, " ").trim()
  return text.slice(0, text.indexOf(".") + 1)
}

const meanings = operations.map(({ name }) => [
  name,
  meaningOf(name),
  errorsOf(name).filter((error) => ![...common, ...ofStore].includes(error)).toSorted().join(", ")
])

const withoutStore = operations.map(({ name }) => name).filter((name) => !errorsOf(name).includes("StorageError"))

/** They go past what must not be used. */
const onlyStorage = operations.map(({ name }) => name).filter((name) =>
  errorsOf(name).includes("StorageError") && !errorsOf(name).includes("IntegrityError")
)

/** The page. */
export const operationsPage = (): string =>
  `# The operations

Generated from the registry by \`npm run docs:generate\`: ${operations.length} operations. Their shapes are those of
\`@aws-sdk/client-kms\`; [the lifecycle](lifecycle.md) says which error refuses in which state, and each operation's type
exactly which errors it can give. *Group* is what an embedder names to carry the operation; *runtimes* is where it can be
carried out: what is in pure JavaScript can everywhere, and RSA is the host's: [the runtimes](runtimes.md).

${table(["operation", "method", "group", "action", "key specs", "members", "writes", "refused in", "runtimes"], rows)}

## What they do, and what can go wrong

Every operation can fail with ValidationException (the request is not valid) and AccessDeniedException (no policy allows
it, or one denies it), and all but ${
    withoutStore.join(" and ")
  } with StorageError (the store does not work), IntegrityError
(a record was changed outside Keystead) and DependencyTimeoutException (other writers were always first); of these three,
${onlyStorage.join(" and ")} only with StorageError. Errors show in this order: the request, its recipient, what it
names, permissions, the key's state, all else, the dry run.

${table(["operation", "what it does", "further errors"], meanings)}
`
