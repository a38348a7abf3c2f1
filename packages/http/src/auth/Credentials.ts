/** Access keys, and whom they stand for. */
import type { Caller } from "@keystead/core/domain/Caller"
import type * as Effect from "effect/Effect"

/** An access key. */
export interface Credential {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Session credentials come with a token, which each request must bring. */
  readonly sessionToken?: string
  /** When session credentials end, in milliseconds since 1970. */
  readonly expires?: number
  /** Whom it stands for: principal, session tags, identity policies. */
  readonly caller: Caller
}

/** Finds an access key by its id. */
export type Credentials = (accessKeyId: string) => Effect.Effect<Credential | undefined>
