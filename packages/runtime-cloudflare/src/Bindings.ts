/**
 * What a Worker's configuration gives to Keystead, by fixed names, so that nothing else needs to be told: where the records
 * are, and the secrets.
 */
import type { D1Database } from "@cloudflare/workers-types"

/** A Durable Object of `KeysteadObject`, as it is called. */
export interface KeysteadStub {
  /** Answers a question of `object/Question.ts`, both as JSON texts. */
  readonly ask: (question: string) => Promise<string>
}

/** The Durable Objects of the class `KeysteadObject`. */
export interface KeysteadNamespace {
  readonly getByName: (name: string) => KeysteadStub
}

/** What a Durable Object needs. */
export interface ObjectEnv {
  readonly KEYSTEAD: KeysteadNamespace
  /** A secret: 32 random bytes in base64, as `openssl rand -base64 32` makes them. */
  readonly KEYSTEAD_ROOT_KEY: string
}

/** What a Worker needs that embeds a KMS whose records are in a D1 database. */
export interface DatabaseEnv extends Pick<ObjectEnv, "KEYSTEAD_ROOT_KEY"> {
  readonly KEYSTEAD: D1Database
}

/** What a Worker needs that is an endpoint. */
export interface WorkerEnv extends ObjectEnv {
  /** A secret: the access keys, as `@keystead/http/auth/AccessKeys` reads them. Not needed with `auth: "none"`. */
  readonly KEYSTEAD_CREDENTIALS?: string
}

/** Whether the records are in Durable Objects. */
export const isNamespace = (binding: KeysteadNamespace | D1Database): binding is KeysteadNamespace =>
  "getByName" in binding
