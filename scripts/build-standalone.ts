/** `npm run build`, its second half: writes the core as one file to `packages/core/dist/keystead-core.js`. */
import { writeFile } from "node:fs/promises"
import { bundleStandalone } from "./standalone.ts"
import { root } from "./workspaces.ts"

const text = await bundleStandalone()
await writeFile(`${root}/packages/core/dist/keystead-core.js`, text)
console.log(`packages/core/dist/keystead-core.js: ${text.length.toLocaleString("en")} characters, no imports`)
