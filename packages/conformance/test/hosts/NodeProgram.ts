/** The program in Node, and in Bun, which runs what is made for Node. */
import { nodeKinds } from "@keystead/runtime-node/kinds/NodeKinds"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import { answer } from "./Program.ts"

const host = { layer: "node", primitives: { crypto: NodeCrypto.layerWith, kinds: nodeKinds } }

process.stdout.write(await answer(host, process.argv[2] ?? ""))
