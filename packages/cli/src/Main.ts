/** The process: arguments in, exit code out. `bin/keystead.js` imports it. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import manifest from "../package.json" with { type: "json" }
import { endings } from "./ExitCode.ts"
import * as Failure from "./Failure.ts"
import { run } from "./Keystead.ts"

// A closed terminal ends the command as Ctrl-C does: nothing half-written stays behind.
process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"))

NodeRuntime.runMain(Effect.provide(run(manifest.version)(process.argv.slice(2)), NodeServices.layer), {
  disableErrorReporting: true,
  teardown: (exit, onExit) => {
    if (Exit.isSuccess(exit)) return onExit(endings.done.code)
    const { code, line } = Failure.ofCause(exit.cause)
    process.stderr.write(`${line}\n`, () => onExit(code))
  }
})
