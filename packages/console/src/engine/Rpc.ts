/** Calls of methods over a MessagePort: a method's name and arguments go out, its result or refusal comes back. */
import { Refusal, type Refused, refusedOf } from "../backend/Refusal.ts"

/** Methods that answer by promises, by their names. */
type Methods<Service> = {
  readonly [Name in keyof Service]: (...args: ReadonlyArray<never>) => Promise<unknown>
}

interface Asking {
  readonly id: number
  readonly method: string
  readonly args: ReadonlyArray<unknown>
}

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly refused: Refused })

const answerTo = async (service: object, { args, id, method }: Asking): Promise<Answer> => {
  try {
    const member: unknown = Reflect.get(service, method)
    if (typeof member !== "function") throw new TypeError(`There is no method ${method}`)
    const value: unknown = await Reflect.apply(member, service, args)
    return { id, value }
  } catch (error) {
    return { id, refused: refusedOf(error) }
  }
}

/** Answers what comes in at the port. */
export const serve = <Service extends Methods<Service>>(service: Service, port: MessagePort): void => {
  const answer = async (asking: Asking) => port.postMessage(await answerTo(service, asking))
  port.addEventListener("message", ({ data }: MessageEvent<Asking>) => void answer(data))
  port.start()
}

/** The service that answers at the other end. Ports among the arguments are handed over. */
export function connect<Service extends Methods<Service>>(port: MessagePort): Service
export function connect(port: MessagePort): unknown {
  let last = 0
  const waiting = new Map<number, (answer: Answer) => void>()
  port.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data)
    waiting.delete(data.id)
  })
  port.start()
  const ask = (method: string, args: ReadonlyArray<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, (answer) => "refused" in answer ? reject(new Refusal(answer.refused)) : resolve(answer.value))
      const asking: Asking = { id, method, args }
      port.postMessage(asking, args.filter((argument) => argument instanceof MessagePort))
    })
  return new Proxy({}, { get: (_, method) => (...args: ReadonlyArray<unknown>) => ask(String(method), args) })
}
