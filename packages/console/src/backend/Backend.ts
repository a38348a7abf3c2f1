/**
 * What the page knows of keys, wherever they are: in this browser, or behind an endpoint. Every member answers by a
 * promise and takes and gives what can be copied between threads, because the keys are in a worker.
 */
import type { InputOf, OutputOf } from "@keystead/core/operations/Operation"
import type { OperationName, Registry } from "@keystead/core/operations/Registry"

/** Where the keys are. */
export type Choice =
  /** In this browser. */
  | { readonly kind: "local"; readonly passphrase?: string }
  | { readonly kind: "remote"; readonly endpoint: Endpoint }

/** An endpoint such as `keystead serve`, and the access key that signs what is asked of it. */
export interface Endpoint {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Empty for an access key that lasts. */
  readonly sessionToken: string
}

/** What is open. */
export interface About {
  readonly kind: Choice["kind"]
  /** For people: where the keys are. */
  readonly place: string
  /** Twelve digits; empty as long as it is not known. */
  readonly account: string
  readonly region: string
  /** Whether it keeps an audit trail that the page can read. */
  readonly audit: boolean
  /** Whether all of it can be saved to a file and brought back. */
  readonly backup: boolean
}

/** Calls an operation of the registry by its name. It rejects with a Refusal. */
export type Call = <Name extends OperationName>(
  name: Name,
  input: InputOf<Registry[Name]>
) => Promise<OutputOf<Registry[Name]>>

/** An audit trail: lines of JSON that are chained by hashes. */
export interface Trail {
  /** The last so many lines, the newest last. */
  readonly last: (count: number) => Promise<ReadonlyArray<string>>
  /** All lines, one entry a line. */
  readonly all: () => Promise<string>
}

/** Keys that are open. */
export interface Backend {
  readonly about: About
  readonly call: Call
  readonly trail?: Trail
  /** Overwrites what is in memory, and closes the store. */
  readonly close: () => Promise<void>
}
