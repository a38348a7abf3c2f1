/** Deno, as runtime-deno runs there. */
import { denoCrypto } from "@keystead/runtime-deno/DenoKms"
import { serveLines } from "./Lines.ts"
import { worker } from "./Tasks.ts"

await serveLines(worker(denoCrypto))
