/** The passphrase of a store: from a file or the terminal, never from the command line, where others would see it. */
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { createInterface } from "node:readline"
import { Writable } from "node:stream"
import { UsageError } from "./Errors.ts"
import * as Input from "./files/Input.ts"

/** The first line of a file. */
export const fromFile = (path: string) => Effect.map(Input.text(path), (text) => text.replace(/\r?\n[\s\S]*$/, ""))

const openTerminal = Effect.sync(() => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  return createInterface({ input: process.stdin, output: nowhere, terminal: true })
})

/** Asks once; what is typed is not shown. */
const ask = (question: string) =>
  Effect.acquireUseRelease(
    openTerminal,
    (terminal) =>
      Effect.callback<string>((resume) => {
        process.stderr.write(question)
        terminal.once("line", (line) => resume(Effect.succeed(line)))
        terminal.once("SIGINT", () => resume(Effect.interrupt))
      }),
    (terminal) =>
      Effect.sync(() => {
        terminal.close()
        process.stderr.write("\n")
      })
  )

/** Asks on the terminal; twice for a new store, since there is no way back from a typing mistake. */
export const fromTerminal = Effect.fnUntraced(function*(isNew: boolean) {
  const stdio = yield* Stdio.Stdio
  if (!(yield* stdio.stdinIsTerminal) || !(yield* stdio.stderrIsTerminal)) {
    return yield* new UsageError({
      message: "There is no terminal to ask for the passphrase on. Use --passphrase-file or KEYSTEAD_PASSPHRASE."
    })
  }
  const passphrase = yield* ask("Passphrase: ")
  if (isNew && (yield* ask("The same again: ")) !== passphrase) {
    return yield* new UsageError({ message: "The two passphrases differ. Try again." })
  }
  return passphrase
})
