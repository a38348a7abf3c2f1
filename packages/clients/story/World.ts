/** What a chapter of the story has at hand, and the steps that it is told in. */
import { type Caller, type Client, type Identity, ServiceError } from "../support/Client.ts"
import { people } from "../support/People.ts"
import type { Exchange } from "../support/Recorder.ts"

/** How a step ended. */
export type Outcome = { readonly kind: "passed" } | { readonly kind: "failed"; readonly error: unknown }

/** A part of the story that needs nothing of the others. */
export type Chapter = (world: World) => Promise<void>

/** Stops the step unless the claim holds. */
export function check(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new Error(`It is not so that ${claim}`)
}

/** The same bytes. */
export const same = (left: Uint8Array | undefined, right: Uint8Array): boolean =>
  left !== undefined && Buffer.compare(left, right) === 0

/** What is there, or the step stops. */
export const given = <A>(value: A | undefined, what: string): A => {
  check(value !== undefined, `there is ${what}`)
  return value
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The world of one client. */
export class World {
  readonly client: Client
  readonly outcomes = new Map<string, Outcome>()
  readonly root: Caller
  readonly ada: Caller
  readonly bob: Caller
  readonly eve: Caller
  /** Ends the endpoint, and starts it again on what it left. */
  readonly restart: () => Promise<void>
  /** What the endpoint said so far; undefined where nothing goes over a wire. */
  readonly exchanges: ReadonlyArray<Exchange> | undefined

  constructor(client: Client, restart: () => Promise<void>, exchanges: ReadonlyArray<Exchange> | undefined) {
    this.client = client
    this.restart = restart
    this.exchanges = exchanges
    this.root = this.as(people.root)
    this.ada = this.as(people.ada)
    this.bob = this.as(people.bob)
    this.eve = this.as(people.eve)
  }

  /** The client, as this identity with something else about it. */
  as(identity: Identity, other: Partial<Identity> = {}): Caller {
    return this.client.as({ ...identity, ...other })
  }

  /** Takes a step. If it fails, so does its chapter. */
  async step<A>(title: string, run: () => Promise<A>): Promise<A> {
    try {
      const result = await run()
      this.outcomes.set(title, { kind: "passed" })
      return result
    } catch (error) {
      this.outcomes.set(title, { kind: "failed", error })
      throw error
    }
  }

  /** Tells a chapter to its end, or to its first failure. */
  async tell(chapter: Chapter): Promise<void> {
    await chapter(this).catch(() => undefined)
  }

  /** A refusal by this name: as the client shows it, and as it was on the wire. */
  async refused(call: Promise<unknown>, name: string): Promise<ServiceError> {
    const error: unknown = await call.then(() => "a reply", (error: unknown) => error)
    check(
      error instanceof ServiceError && error.name === name,
      `this is refused with ${name}, and not ${String(error)}`
    )
    check(error.status === undefined || error.status === 400, `the status is 400, and not ${error.status}`)
    check(error.requestId === undefined || uuid.test(error.requestId), `${error.requestId} is a request's id`)
    if (this.exchanges !== undefined) {
      const { body, status } = given(this.exchanges.at(-1), "an exchange")
      const { __type: type, message }: { readonly __type?: unknown; readonly message?: unknown } = JSON.parse(body)
      check(status === 400, `the status on the wire is 400, and not ${status}`)
      check(type === name, `__type is ${name}, and not ${String(type)}`)
      check(message === undefined || typeof message === "string", "the message is text")
    }
    return error
  }

  /** What every reply must be like. */
  checkExchanges(): void {
    for (const { body, contentType, requestId, status, target } of this.exchanges ?? []) {
      check(status === 200 || status === 400, `${target} is answered with 200 or 400, and not ${status}`)
      check(requestId !== undefined && uuid.test(requestId), `${target} is answered with x-amzn-requestid`)
      check(contentType === "application/x-amz-json-1.1", `${target} is answered in AWS JSON, and not ${contentType}`)
      check(body === "" || typeof JSON.parse(body) === "object", `${target} is answered with JSON`)
    }
  }
}
