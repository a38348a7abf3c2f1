/** The options that every command takes, wherever they stand on the command line. */
import * as Principal from "@keystead/core/domain/Principal"
import { defaults } from "@keystead/core/facade/OpenKms"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Config from "effect/Config"
import { homedir } from "node:os"
import { join } from "node:path"

const text = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description))

const path = (name: string, metavar: string, description: string) =>
  Flag.Path(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description))

const toggle = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDefault(false), Flag.withDescription(description))

/** The folder of the store: `KEYSTEAD_STORE`, else `.keystead` in the home folder, unless the option names another. */
export const Store = GlobalFlag.Setting("store")({
  flag: path("store", "DIR", "The store's folder (KEYSTEAD_STORE, else ~/.keystead)").pipe(
    Flag.withFallbackConfig(Config.NonEmptyString("KEYSTEAD_STORE")),
    Flag.withDefault(join(homedir(), ".keystead"))
  )
})

/** The file of the root key, if not the one beside the store. */
export const RootKeyFile = GlobalFlag.Setting("root-key")({
  flag: Flag.optional(path("root-key", "FILE", "The root key's file (STORE.rootkey, beside the store)"))
})

/** Whether the root key is kept inside the store. */
export const RootKeyInStore = GlobalFlag.Setting("root-key-in-store")({
  flag: toggle("root-key-in-store", "Keep the root key inside the store: whoever copies it can use every key")
})

/** The file whose first line is the passphrase that the root key is derived from. */
export const PassphraseFile = GlobalFlag.Setting("passphrase-file")({
  flag: Flag.optional(
    path("passphrase-file", "FILE", "Derive the root key from the passphrase in a file (or KEYSTEAD_PASSPHRASE)")
  )
})

/** Whether to ask for that passphrase on the terminal. */
export const PassphrasePrompt = GlobalFlag.Setting("passphrase")({
  flag: toggle("passphrase", "Derive the root key from a passphrase, and ask for it on the terminal")
})

/** The Region that answers, if one is named: commands take the default, and `serve` answers for all. */
export const Region = GlobalFlag.Setting("region")({
  flag: text("region", "REGION", `The Region that answers (${defaults.region}; for serve, all)`).pipe(
    Flag.filter((region) => /^[a-z]+(-[a-z]+)+-\d+$/.test(region), () => "a Region such as eu-west-1"),
    Flag.optional
  )
})

/** The account, twelve digits, whose root calls unless `As` names someone else. */
export const Account = GlobalFlag.Setting("account")({
  flag: text("account", "ACCOUNT", `The account whose root calls (${defaults.account})`).pipe(
    Flag.withDefault(defaults.account),
    Flag.filter((account) => /^\d{12}$/.test(account), () => "an account of twelve digits")
  )
})

/** The ARN of the principal that calls. */
export const As = GlobalFlag.Setting("as")({
  flag: text("as", "ARN", "Who calls (the account's root)").pipe(
    Flag.filter(
      (arn) => Principal.parse(arn) !== undefined,
      () => "the ARN of a user, a role, a session or a root, such as arn:aws:iam::111122223333:user/ada"
    ),
    Flag.optional
  )
})

/** Whether answers are JSON. */
export const Json = GlobalFlag.Setting("json")({
  flag: toggle("json", "Answer in JSON, for machines")
})

/** All of them, as the root command declares them. */
export const settings = [
  Store,
  RootKeyFile,
  RootKeyInStore,
  PassphraseFile,
  PassphrasePrompt,
  Region,
  Account,
  As,
  Json
] as const
