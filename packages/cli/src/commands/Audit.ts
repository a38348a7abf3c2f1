/** `keystead audit verify` */
import * as Chain from "@keystead/core/audit/Chain"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { BrokenTrail } from "../Errors.ts"
import * as Input from "../files/Input.ts"
import * as Options from "../Options.ts"
import { answer } from "../Print.ts"

const verify = Command.make(
  "verify",
  { path: Options.file("in", "The audit file; - reads standard input") },
  ({ path }) =>
    Effect.gen(function*() {
      const lines = (yield* Input.text(path)).split("\n").filter((line) => line !== "")
      const checked = yield* Effect.provide(Chain.verify(lines), NodeCrypto.layer)
      if (!checked.intact) {
        return yield* new BrokenTrail({
          message: `Line ${checked.line} of ${path} does not follow: ${checked.reason}.`
        })
      }
      const { entries, writers } = checked
      return yield* answer({ ...checked }, `${entries} events of ${writers} writers, each as it was written.`)
    })
).pipe(Command.withDescription("Check that no event was altered, taken out, or put in"))

/** What `keystead serve --audit` writes. */
export const audit = Command.make("audit").pipe(
  Command.withDescription("Check audit files"),
  Command.withSubcommands([verify])
)
