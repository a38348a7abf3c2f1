/** The cross-check in a page, where the test waits for the title. */
import { crossCheck } from "./CrossCheck.ts"

document.title = await crossCheck() || "ok"
