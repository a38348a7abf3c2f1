/** The pages of docs/ that are generated, by their names. */
import { authorizationPage } from "./Authorization.ts"
import { lifecyclePage } from "./Lifecycle.ts"
import { operationsPage } from "./Operations.ts"
import { runtimesPage } from "./Runtimes.ts"

/** Each page's path below docs/, and what makes its text. */
export const pages: ReadonlyArray<readonly [path: string, text: () => string]> = [
  ["authorization.md", authorizationPage],
  ["lifecycle.md", lifecyclePage],
  ["operations.md", operationsPage],
  ["runtimes.md", runtimesPage]
]
