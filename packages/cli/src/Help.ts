/** How the command shows help and versions: Effect's way, and below the root command's help what scripts need to know. */
import * as CliOutput from "effect/cli/CliOutput"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { endings } from "./ExitCode.ts"

const section = (title: string, rows: ReadonlyArray<readonly [string, string]>): string => {
  const width = Math.max(...rows.map(([left]) => left.length)) + 4
  return [title, ...rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`), ""].join("\n")
}

const environment = section("ENVIRONMENT", [
  ["KEYSTEAD_STORE", "the store's folder, if there is no --store"],
  ["KEYSTEAD_PASSPHRASE", "the passphrase to derive the root key from, if no option says where the root key comes from"]
])

const exits = section("EXIT CODES", Object.values(endings).map(({ code, meaning }) => [String(code), meaning]))

/** A wrong command line gets no help text here: `Failure` makes one line of it, on standard error. */
export const layer: Layer.Layer<never> = CliOutput.layerPresenter({
  present: Effect.fnUntraced(function*(event) {
    if (event._tag === "InvalidInvocation") return
    yield* CliOutput.defaultPresenter.present(event)
    const isRoot = event._tag === "Help" && event.commandPath.length === 1
    if (isRoot) yield* Console.log(`\n${environment}\n${exits}`)
  })
})
