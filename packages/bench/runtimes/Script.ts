/** Deno or Bun, by WebCrypto. */
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Layer from "effect/Layer"
import { serveLines } from "./Lines.ts"
import { worker } from "./Tasks.ts"

await serveLines(worker(Layer.orDie(WebCrypto.layer)))
