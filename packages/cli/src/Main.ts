/** The process: arguments in, exit code out. `bin/keystead.js` imports it. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import manifest from "../package.json" with { type: "json" }
import { endings } from "./ExitCode.ts"
import * as Failure from "./Failure.ts"
import { run } from "./Keystead.ts"
import { Stopped } from "./serve/Stopped.ts"

// A closed terminal ends the command as Ctrl-C does: nothing half-written stays behind.
process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"))

const stopped = { noted: false }

const main = run(manifest.version)(process.argv.slice(2)).pipe(
  Effect.provideService(Stopped, stopped),
  Effect.provide(NodeServices.layer)
)

NodeRuntime.runMain(main, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => {
    if (Exit.isSuccess(exit) || stopped.noted && Cause.hasInterruptsOnly(exit.cause)) return onExit(endings.done.code)
    const { code, line } = Failure.ofCause(exit.cause)
    process.stderr.write(`${line}\n`, () => onExit(code))
  }
})
