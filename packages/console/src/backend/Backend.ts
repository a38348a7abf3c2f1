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

/** All of a store in this browser. */
export interface Store {
  /** A file with all of it, sealed under the passphrase. */
  readonly backUp: (passphrase: string) => Promise<File>
  /** Brings back what is in such a file, into a store without keys. Answers how many records. */
  readonly restore: (file: File, passphrase: string) => Promise<number>
  /** Puts it under a root key of this passphrase, or under one that this browser keeps. */
  readonly protect: (passphrase: string | undefined) => Promise<void>
  /** Deletes everything, for good, and closes it. */
  readonly erase: () => Promise<void>
}

/** Keys that are open. */
export interface Backend {
  readonly about: About
  readonly call: Call
  /** If the page can read its audit trail. */
  readonly trail?: Trail
  /** If all of it is in this browser. */
  readonly store?: Store
  /** Overwrites what is in memory, and closes the store. */
  readonly close: () => Promise<void>
}
