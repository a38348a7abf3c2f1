/** The program in Node, and in Bun, which runs what is made for Node. */
import { nodeKinds } from "@keystead/runtime-node/kinds/NodeKinds"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import { openKms } from "@keystead/runtime-node/OpenKms"
import * as streams from "@keystead/runtime-node/SealStreams"
import { answer, type Host } from "./Program.ts"

const [, , request = "", folder = ""] = process.argv

const host: Host = {
  runtime: "bun" in process.versions ? "Bun" : "Node",
  layer: "node",
  primitives: { crypto: NodeCrypto.layerWith, kinds: nodeKinds },
  open: (audit) => openKms({ directory: `${folder}/store`, audit }),
  streams
}

process.stdout.write(await answer(host, request))
