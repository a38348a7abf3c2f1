/** `keystead rewrap` */
import { type RootKeyChoice, RootKeyReplacement } from "@keystead/storage-filesystem/RootKeyChoice"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Connection from "../Connection.ts"
import { UsageError } from "../Errors.ts"
import * as Passphrase from "../Passphrase.ts"
import { answer } from "../Print.ts"

const file = (name: string, description: string) =>
  Flag.Path(name).pipe(Flag.withMetavar("FILE"), Flag.withDescription(description), Flag.optional)

const flags = {
  file: file("new-root-key", "Keep the new root key in this file, made if it is not there"),
  passphraseFile: file("new-passphrase-file", "Derive the new root key from the passphrase in a file"),
  passphrase: Flag.Boolean("new-passphrase").pipe(
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Derive the new root key from a passphrase, and ask for it on the terminal")
  )
}

interface Given {
  readonly file: Option.Option<string>
  readonly passphraseFile: Option.Option<string>
  readonly passphrase: boolean
}

/** The new root key; nothing for a new one in the file of the present one. */
const choiceOf = Effect.fnUntraced(function*({ file, passphrase, passphraseFile }: Given) {
  if ([Option.isSome(file), Option.isSome(passphraseFile), passphrase].filter(Boolean).length > 1) {
    return yield* new UsageError({
      message: "Give at most one of --new-root-key, --new-passphrase-file and --new-passphrase."
    })
  }
  const choice: RootKeyChoice | undefined = Option.isSome(file)
    ? { file: file.value }
    : Option.isSome(passphraseFile)
    ? { passphrase: yield* Passphrase.fromFile(passphraseFile.value) }
    : passphrase
    ? { passphrase: yield* Passphrase.fromTerminal(true) }
    : undefined
  return choice
})

const howToOpen = (choice: RootKeyChoice | undefined): string =>
  choice === undefined
    ? "The root key's file has the new one."
    : "file" in choice
    ? `Open the store with --root-key ${choice.file} from now on: the former root key opens nothing any more.`
    : "Open the store with the new passphrase from now on: the former root key opens nothing any more."

/** Puts the store under another root key; called again, it goes on where it was interrupted. */
export const rewrap = Command.make("rewrap", flags, (given) =>
  Effect.gen(function*() {
    const choice = yield* choiceOf(given)
    yield* Connection.use(false, () =>
      Effect.gen(function*() {
        const { records } = yield* (yield* RootKeyReplacement).replace(choice)
        const said = `Put ${records} ${records === 1 ? "record" : "records"} under the new root key.`
        yield* answer({ records }, `${said} ${howToOpen(choice)}`)
      }), choice)
  })).pipe(
    Command.withDescription("Replace the store's root key, in its file or by another; interrupted, it is called again")
  )
