/** Node and Bun, as runtime-node runs there. */
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import { serveLines } from "./Lines.ts"
import { worker } from "./Tasks.ts"

await serveLines(worker(NodeCrypto.layer))
