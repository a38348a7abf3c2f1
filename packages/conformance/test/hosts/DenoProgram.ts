/** The program in Deno. */
import { openKms } from "@keystead/runtime-deno/OpenKms"
import * as streams from "@keystead/runtime-deno/SealStreams"
import { answer, type Host, web } from "./Program.ts"

const [, , request = "", folder = ""] = process.argv

const host: Host = {
  ...web,
  runtime: "Deno",
  open: (audit) => openKms({ directory: `${folder}/store`, audit }),
  streams
}

process.stdout.write(await answer(host, request))
