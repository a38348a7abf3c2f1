/** Deno, as runtime-deno runs there. */
import * as DenoCrypto from "@keystead/runtime-deno/DenoCrypto"
import { serveLines } from "./Lines.ts"
import { worker } from "./Tasks.ts"

await serveLines(worker(DenoCrypto.layer))
