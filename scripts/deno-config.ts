/** `npm run deno:config`: writes the `deno.json` of each package that Deno programs use (`deno/Config.ts`). */
import { writeFileSync } from "node:fs"
import { stale } from "./deno/Config.ts"

for (const [path, text] of stale()) writeFileSync(path, text)
