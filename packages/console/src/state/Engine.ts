/** The worker in which the keys are, and everything that needs the core: the page itself stays small. */
import type { Engine } from "../engine/Engine.ts"
import { connect } from "../engine/Rpc.ts"

const start = (): Engine => {
  const worker = new Worker(new URL("../engine/Worker.ts", import.meta.url), { type: "module" })
  const { port1, port2 } = new MessageChannel()
  worker.postMessage(port1, [port1])
  return connect<Engine>(port2)
}

/** The one engine of this page. */
export const engine = start()
