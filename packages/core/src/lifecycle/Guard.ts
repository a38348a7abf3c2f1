/** Asks a row of the lifecycle table whether an operation may go on, and to which state it moves the key. */
import * as Result from "effect/Result"
import { DisabledException, KMSInvalidStateException, UnsupportedOperationException } from "../Errors.ts"
import { type KeyState, keyStates } from "./KeyState.ts"
import type { Row, RowError } from "./Row.ts"

const refusals = { DisabledException, KMSInvalidStateException, UnsupportedOperationException }

/**
 * How AWS ends the sentence "<arn> is …" for a key in this state: `PendingDeletion` is "pending deletion". A row that
 * refuses even Enabled keys (CancelKeyDeletion's) asks for a deletion that is not there.
 */
const condition = (row: Row, state: KeyState): string =>
  row.Enabled === "KMSInvalidStateException"
    ? "not pending deletion"
    : state.replaceAll(/\B[A-Z]/g, " $&").toLowerCase()

/** The state after the operation, or the error with which the row refuses the key that `arn` names. */
export function next<R extends Row>(row: R, state: KeyState, arn: string): Result.Result<KeyState, RowError<R>>
export function next(row: Row, state: KeyState, arn: string): Result.Result<KeyState, RowError<Row>> {
  const outcome = row[state]
  switch (outcome) {
    case "proceeds":
      return Result.succeed(state)
    case "DisabledException":
    case "KMSInvalidStateException":
    case "UnsupportedOperationException":
      return Result.fail(new refusals[outcome]({ message: `${arn} is ${condition(row, state)}.` }))
    default:
      return Result.succeed(keyStates.find((next) => outcome === `becomes ${next}`) ?? state)
  }
}
