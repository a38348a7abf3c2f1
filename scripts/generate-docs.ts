/** `npm run docs:generate`: writes the pages of docs/ that come out of the code. A test fails while one is stale. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pages } from "./docs/Pages.ts"
import { root } from "./workspaces.ts"

for (const [path, text] of pages) await writeFile(join(root, "docs", path), text())
