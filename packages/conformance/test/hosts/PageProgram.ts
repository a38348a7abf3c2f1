/** The program in a page, whose tests call `answer`. */
import { groups } from "@keystead/core/operations/Registry"
import { openKms } from "@keystead/runtime-browser/OpenKms"
import * as streams from "@keystead/runtime-browser/SealStreams"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import { answer, type Host, web } from "./Program.ts"

const host: Host = {
  ...web,
  runtime: "Chromium",
  open: (audit) => openKms({ database: "suite", groups, kinds: webKinds, audit }),
  streams
}

Object.assign(globalThis, { answer: (request: string) => answer(host, request) })
