/**
 * The script that the tests run in a page, in a worker and in a service worker. A page has `ask`, which does an action in
 * one of them: a worker gets it as a message, and answers on the port that comes with it.
 */
import { actions } from "./Actions.ts"

/** Where an action is done. */
export type Place = "page" | "worker" | "service worker"

/** Does an action by its name. */
export type Ask = (place: Place, action: string, given: ReadonlyArray<unknown>) => Promise<unknown>

interface Asked {
  readonly action: string
  readonly given: ReadonlyArray<unknown>
}

const act = async (action: string, given: ReadonlyArray<unknown>): Promise<unknown> => {
  const known = actions.get(action)
  const answer: unknown = known === undefined
    ? `No such action: ${action}`
    : await Reflect.apply(known, undefined, given)
  return answer
}

interface Receiver {
  readonly postMessage: (message: Asked, transfer: [MessagePort]) => void
}

const send = (receiver: Receiver, asked: Asked): Promise<unknown> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener("message", ({ data }) => resolve(data), { once: true })
    port1.start()
    receiver.postMessage(asked, [port2])
  })

let worker: Worker | undefined

const receiverOf = async (place: Place): Promise<Receiver | undefined> => {
  if (place === "page") return undefined
  if (place === "worker") return worker ??= new Worker("/host.js", { type: "module" })
  await navigator.serviceWorker.register("/host.js", { type: "module" })
  return (await navigator.serviceWorker.ready).active ?? undefined
}

const ask: Ask = async (place, action, given) => {
  const receiver = await receiverOf(place)
  return receiver === undefined ? await act(action, given) : await send(receiver, { action, given })
}

if (typeof document === "undefined") {
  self.addEventListener("message", ({ data, ports }: MessageEvent<Asked>) => {
    void act(data.action, data.given).then((answer) => ports[0]?.postMessage(answer))
  })
} else {
  Object.assign(globalThis, { ask })
}
