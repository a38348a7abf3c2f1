/** The cross-check as a program: it prints what it found, `ok` if nothing. For Deno, Bun and Node. */
import { crossCheck } from "./CrossCheck.ts"

console.log(await crossCheck() || "ok")
