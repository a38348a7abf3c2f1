/** Says which Chromium the tests have, or fails and says how to get one. `.ci/run` asks before it tests. */
import { launch } from "../packages/testbed/src/Chromium.ts"

const browser = await launch()
console.log(`Chromium ${browser.version()}`)
await browser.close()
