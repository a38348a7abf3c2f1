/** Asks a row of the lifecycle table whether an operation may go on, and to which state it moves the key. */
import * as Result from "effect/Result"
import { DisabledException, KMSInvalidStateException, UnsupportedOperationException } from "../Errors.ts"
import type { KeyState } from "./KeyState.ts"
import type { Outcome, Row, RowError } from "./Row.ts"

/** How AWS ends the sentence "<arn> is …" for a key in this state. */
const conditions: { readonly [State in KeyState]: string } = {
  Enabled: "enabled",
  Disabled: "disabled",
  PendingDeletion: "pending deletion",
  PendingReplicaDeletion: "pending replica deletion",
  PendingImport: "pending import",
  Unavailable: "unavailable",
  Creating: "creating",
  Updating: "updating"
}

/** Where each move goes. */
const moves: { readonly [Move in Extract<Outcome, `becomes ${string}`>]: KeyState } = {
  "becomes Enabled": "Enabled",
  "becomes Disabled": "Disabled",
  "becomes PendingDeletion": "PendingDeletion",
  "becomes PendingReplicaDeletion": "PendingReplicaDeletion",
  "becomes PendingImport": "PendingImport",
  "becomes Unavailable": "Unavailable",
  "becomes Creating": "Creating",
  "becomes Updating": "Updating"
}

/** A row that refuses even Enabled keys (CancelKeyDeletion's) asks for a deletion that is not there. */
const condition = (row: Row, state: KeyState): string =>
  row.Enabled === "KMSInvalidStateException" ? "not pending deletion" : conditions[state]

/** The state after the operation, or the error with which the row refuses the key that `arn` names. */
export function next<R extends Row>(row: R, state: KeyState, arn: string): Result.Result<KeyState, RowError<R>>
export function next(row: Row, state: KeyState, arn: string): Result.Result<KeyState, RowError<Row>> {
  const outcome = row[state]
  switch (outcome) {
    case "proceeds":
      return Result.succeed(state)
    case "DisabledException":
      return Result.fail(new DisabledException({ message: `${arn} is ${conditions[state]}.` }))
    case "KMSInvalidStateException":
      return Result.fail(new KMSInvalidStateException({ message: `${arn} is ${condition(row, state)}.` }))
    case "UnsupportedOperationException":
      return Result.fail(new UnsupportedOperationException({ message: `${arn} is ${conditions[state]}.` }))
    default:
      return Result.succeed(moves[outcome])
  }
}
