/** Any failure as one line for a person, and as an exit code. */
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import { type Ending, endings } from "./ExitCode.ts"

/** How the command ends when it fails. */
export interface Failure {
  /** One line: what is wrong, and what to do. */
  readonly line: string
  readonly code: number
}

interface Kind {
  readonly ending: Ending
  /** What to do, where the error's own message does not say it. */
  readonly advice?: string
}

const list = "`keystead key list` and `keystead alias list` show what there is; check --region and --account too."
const check = "Check the file and --context."

/** By the error's name. What is not here is `refused`, and its message says all. */
const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["UsageError", { ending: "usage" }],
  ["NotFoundException", { ending: "missing", advice: list }],
  ["NoStore", { ending: "missing" }],
  ["ListenError", { ending: "refused" }],
  ["AccessDeniedException", {
    ending: "denied",
    advice: "Ask an administrator of the key to allow it in the key policy, or call as someone else with --as."
  }],
  ["NotAuthorizedException", { ending: "denied", advice: "Choose another name." }],
  ["InvalidCiphertextException", { ending: "notAuthentic", advice: check }],
  ["IncorrectKeyException", { ending: "notAuthentic", advice: "Name the key that encrypted it, or none." }],
  ["MessageTampered", { ending: "notAuthentic" }],
  ["MalformedMessage", { ending: "notAuthentic" }],
  ["TruncatedMessage", { ending: "notAuthentic" }],
  ["UnsupportedMessage", { ending: "notAuthentic" }],
  ["ContextMismatch", { ending: "notAuthentic" }],
  ["NoKmsDataKey", { ending: "notAuthentic" }],
  ["DisabledException", { ending: "wrongState", advice: "`keystead key enable KEY` enables it." }],
  ["KMSInvalidStateException", { ending: "wrongState", advice: "`keystead key describe KEY` shows its state." }],
  ["AlreadyExistsException", { ending: "refused", advice: "Choose another name." }],
  ["BrokenTrail", { ending: "notAuthentic" }],
  ["FileError", { ending: "files" }],
  ["StorageError", { ending: "files" }],
  ["IntegrityError", { ending: "files" }],
  ["RootKeyError", { ending: "files" }],
  ["DependencyTimeoutException", { ending: "files", advice: "Another process holds the store. Try again." }],
  ["KMSInternalException", { ending: "internal" }]
])

/** AWS leaves the message of some errors empty. */
const silent: ReadonlyMap<string, string> = new Map([
  ["InvalidCiphertextException", "The ciphertext was changed, or was made with another encryption context."]
])

/** Control characters of names and files must not reach the terminal, nor break the line. */
const oneLine = (text: string): string =>
  text.trim().replaceAll(/\s*\n\s*\n\s*/g, ". ").replaceAll(/\s+/g, " ").replaceAll(/\p{Cc}/gu, "�")

/** A list of all that would have been right can be very long; the help has it. */
const shortened = (text: string): string => text.length <= 200 ? text : text.slice(0, 160).replace(/[^|]*$/, " …")

const sentence = (text: string): string => /[.!?:)\]]$/.test(text) ? text : `${text}.`

const ended = (ending: Ending, ...parts: ReadonlyArray<string>): Failure => ({
  line: `keystead: ${parts.filter((part) => part !== "").map((part) => sentence(oneLine(part))).join(" ")}`,
  code: endings[ending].code
})

const usage = (error: CliError.CliError): Failure => {
  const help = (path: ReadonlyArray<string>) => `See \`${[...path, "--help"].join(" ")}\`.`
  if (error._tag !== "ShowHelp") return ended("usage", error.message, help(["keystead"]))
  const [first] = error.errors
  return first === undefined
    ? ended("usage", "Say what to do", help(error.commandPath))
    : ended("usage", shortened(first.message), help(error.commandPath))
}

/** Where a defect came from. Its message may hold anything, and so is not shown. */
const defect = (error: unknown): Failure => {
  const name = error instanceof Error ? error.name : typeof error
  const place = error instanceof Error ? /\n\s+(at .*)/.exec(error.stack ?? "")?.[1] ?? "" : ""
  return ended("internal", `An unexpected ${name} ${place}`, "This is a fault of Keystead: please report it.")
}

/** The failure that a cause comes down to. */
export const ofCause = (cause: Cause.Cause<unknown>): Failure => {
  if (Cause.hasInterruptsOnly(cause)) return ended("interrupted", "Interrupted; no unfinished file is left.")
  const failed = cause.reasons.find(Cause.isFailReason)
  const error = failed?.error
  if (CliError.isCliError(error)) return usage(error)
  if (!(error instanceof Error)) return defect(Cause.squash(cause))
  const kind = kinds.get(error.name) ?? { ending: "refused" }
  const message = error.message === "" ? silent.get(error.name) ?? "" : error.message
  const name = error.name.endsWith("Exception") ? `${error.name}:` : ""
  return ended(kind.ending, name, message, kind.advice ?? "")
}
