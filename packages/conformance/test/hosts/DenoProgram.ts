/** The program in Deno. */
import * as DenoCrypto from "@keystead/runtime-deno/DenoCrypto"
import { openKms } from "@keystead/runtime-deno/OpenKms"
import * as streams from "@keystead/runtime-deno/SealStreams"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import { answer, type Host } from "./Program.ts"

const [, , request = "", folder = ""] = process.argv

const host: Host = {
  runtime: "Deno",
  layer: "deno",
  primitives: { crypto: DenoCrypto.layerWith, kinds: webKinds },
  open: (audit) => openKms({ directory: `${folder}/store`, audit }),
  streams
}

process.stdout.write(await answer(host, request))
