/** The program in Node, and in Bun, which runs what is made for Node. */
import { nodeKinds } from "@keystead/runtime-node/kinds/NodeKinds"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import { openKms } from "@keystead/runtime-node/OpenKms"
import * as streams from "@keystead/runtime-node/SealStreams"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answer, type Host } from "./Program.ts"

const folder = mkdtempSync(join(tmpdir(), "keystead-suite-"))

const host: Host = {
  runtime: "bun" in process.versions ? "Bun" : "Node",
  layer: "node",
  primitives: { crypto: NodeCrypto.layerWith, kinds: nodeKinds },
  open: (audit) => openKms({ directory: join(folder, "store"), audit }),
  streams
}

process.stdout.write(await answer(host, process.argv[2] ?? ""))
rmSync(folder, { recursive: true, force: true })
