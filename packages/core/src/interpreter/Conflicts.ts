/** What happens when another writer was first: load again, decide again, a bounded number of times. */
import * as Effect from "effect/Effect"
import type { Crypto } from "../crypto/Crypto.ts"
import { DependencyTimeoutException } from "../Errors.ts"
import { CommitConflict } from "../storage/Storage.ts"

/** How often a decision is made before the interpreter gives up. */
const attempts = 20

/** The longest pause before another attempt, in milliseconds. */
const longestPause = 250

/** Runs the attempt until it meets no conflict, with pauses that grow and are jittered by the Crypto service. */
export const retrying = <A, E, R>(
  crypto: Crypto["Service"],
  attempt: Effect.Effect<A, E | CommitConflict, R>
): Effect.Effect<A, E | DependencyTimeoutException, R> => {
  const again = (count: number): Effect.Effect<A, E | DependencyTimeoutException, R> =>
    Effect.catch(attempt, (error) => {
      if (!(error instanceof CommitConflict)) return Effect.fail(error)
      if (count >= attempts) {
        return Effect.fail(
          new DependencyTimeoutException({ message: "Other writers kept changing the same records. Try again." })
        )
      }
      return Effect.andThen(pause(crypto, count), Effect.suspend(() => again(count + 1)))
    })
  return again(1)
}

const pause = Effect.fnUntraced(function*(crypto: Crypto["Service"], count: number) {
  const [jitter = 0] = yield* crypto.randomBytes(1)
  yield* Effect.sleep((Math.min(2 ** count, longestPause) * (jitter + 1)) / 256)
})
