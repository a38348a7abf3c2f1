/**
 * A row of the lifecycle table: what an operation does to a KMS key in each state. Each operation's file holds its row,
 * the registry puts them together; the guard, the operation's error types and docs/lifecycle.md come from them.
 *
 * Source: AWS KMS developer guide, "Key states of AWS KMS keys", with what is known of newer operations from the
 * errors they declare.
 */
import type { DisabledException, KMSInvalidStateException, UnsupportedOperationException } from "../Errors.ts"
import type { KeyState } from "./KeyState.ts"

/** How a row can refuse, by the name of the error. */
export interface Refusals {
  readonly DisabledException: DisabledException
  readonly KMSInvalidStateException: KMSInvalidStateException
  readonly UnsupportedOperationException: UnsupportedOperationException
}

/** What happens in one state: the operation goes on and the state stays, or becomes another, or it is refused. */
export type Outcome = "proceeds" | `becomes ${KeyState}` | keyof Refusals

export type Row = { readonly [State in KeyState]: Outcome }

/** The errors that a row can refuse with. */
export type RowError<R extends Row> = Refusals[Extract<R[KeyState], keyof Refusals>]

type GivenStates = Exclude<KeyState, "PendingReplicaDeletion">

/** A row, given for each state; PendingReplicaDeletion is treated as PendingDeletion. */
export const row = <const R extends { readonly [State in GivenStates]: Outcome }>(
  outcomes: R
): R & { readonly PendingReplicaDeletion: R["PendingDeletion"] } => ({
  ...outcomes,
  PendingReplicaDeletion: outcomes.PendingDeletion
})

/** Encrypt, Decrypt and everything else that uses key material. */
export const cryptographic = row({
  Enabled: "proceeds",
  Disabled: "DisabledException",
  PendingDeletion: "KMSInvalidStateException",
  PendingImport: "KMSInvalidStateException",
  Unavailable: "KMSInvalidStateException",
  Creating: "KMSInvalidStateException",
  Updating: "proceeds"
})

/** What may be done to a key as long as it is not about to be deleted: tags, aliases, description. */
export const unlessPendingDeletion = row({
  Enabled: "proceeds",
  Disabled: "proceeds",
  PendingDeletion: "KMSInvalidStateException",
  PendingImport: "proceeds",
  Unavailable: "proceeds",
  Creating: "proceeds",
  Updating: "proceeds"
})

/** What works in every state: looking at a key, its policy and its lists. */
export const always = row({
  Enabled: "proceeds",
  Disabled: "proceeds",
  PendingDeletion: "proceeds",
  PendingImport: "proceeds",
  Unavailable: "proceeds",
  Creating: "proceeds",
  Updating: "proceeds"
})

/** Turning automatic rotation on and off. */
export const rotationSetting = row({
  Enabled: "proceeds",
  Disabled: "DisabledException",
  PendingDeletion: "KMSInvalidStateException",
  PendingImport: "UnsupportedOperationException",
  Unavailable: "UnsupportedOperationException",
  Creating: "KMSInvalidStateException",
  Updating: "proceeds"
})
