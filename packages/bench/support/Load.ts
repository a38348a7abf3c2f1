/**
 * The clients of the HTTP suite, in a process of their own: they sign requests in advance, and then keep a number of
 * connections busy with them for as long as they are told.
 */
import { Client, type Dispatcher } from "undici"
import { type Operation, sign, type Signed, type Target } from "./Requests.ts"

/** What this process is told to do. */
export type LoadOrder =
  /** Sign as many of each operation, and keep them under this name. */
  | { readonly sign: string; readonly target: Target; readonly count: number }
  /** Send so many of those of that name there, from the first again after the last. */
  | { readonly send: string; readonly operation: Operation; readonly url: string; readonly count: number }

const connections = 16
const signed = new Map<string, Readonly<Record<Operation, ReadonlyArray<Signed>>>>()
const clients = new Map<string, ReadonlyArray<Client>>()

const clientsOf = (url: string): ReadonlyArray<Client> => {
  const known = clients.get(url)
  if (known !== undefined) return known
  const made = Array.from({ length: connections }, () => new Client(url, { pipelining: 1, keepAliveTimeout: 600_000 }))
  clients.set(url, made)
  return made
}

/** Sends one request, and reads its reply to the end. Rejects if it is not a 200. */
const exchange = (client: Client, { body, headers }: Signed): Promise<void> =>
  new Promise((resolve, reject) => {
    let status = 0
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => {},
      onResponseStart: (_, code) => {
        status = code
      },
      onResponseData: () => {},
      onResponseEnd: () => status === 200 ? resolve() : reject(new Error(`A request was answered with ${status}`)),
      onResponseError: (_, error) => reject(error)
    }
    client.dispatch({ method: "POST", path: "/", headers: { ...headers }, body }, handler)
  })

const send = async (requests: ReadonlyArray<Signed>, url: string, count: number): Promise<void> => {
  let next = 0
  const keepBusy = async (client: Client): Promise<void> => {
    while (next < count) {
      const request = requests[next++ % requests.length]
      if (request !== undefined) await exchange(client, request)
    }
  }
  // It never sleeps meanwhile, or a server would pay for waking it up, and the slower one the more often.
  let awake = true
  const stayAwake = (): void => {
    if (awake) setImmediate(stayAwake)
  }
  stayAwake()
  await Promise.all(clientsOf(url).map(keepBusy))
  awake = false
}

const follow = async (order: LoadOrder): Promise<void> => {
  if ("sign" in order) signed.set(order.sign, await sign(order.target, order.count))
  else await send(signed.get(order.send)?.[order.operation] ?? [], order.url, order.count)
}

process.on("message", (order: LoadOrder) => {
  follow(order).then(() => process.send?.("done")).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
