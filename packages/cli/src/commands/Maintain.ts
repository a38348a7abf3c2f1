/** `keystead maintain` */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import { answer } from "../Print.ts"

const count = (number: number): string => `${number} ${number === 1 ? "key" : "keys"}`

/** Does what a running Keystead does every hour by itself. */
export const maintain = Command.make("maintain", {}, () =>
  Connection.use(false, ({ kms }) =>
    Effect.gen(function*() {
      const done = yield* kms.maintain
      const { deleted, expired, rotated } = done
      const said = `Rotated ${count(rotated)}, deleted ${count(deleted)}, erased expired material of ${count(expired)}.`
      yield* answer({ ...done }, said)
    }))).pipe(
    Command.withDescription(
      "Write down rotations, deletions and expiries that have fallen due; no answer depends on when"
    )
  )
