/** The `keystead` command as a value. */
import * as CliConfig from "effect/cli/CliConfig"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { alias } from "./commands/Alias.ts"
import { audit } from "./commands/Audit.ts"
import { decrypt, encrypt } from "./commands/Envelope.ts"
import { explain } from "./commands/Explain.ts"
import { key } from "./commands/Key.ts"
import { maintain } from "./commands/Maintain.ts"
import * as Operations from "./commands/Operations.ts"
import { rewrap } from "./commands/Rewrap.ts"
import { serve } from "./commands/Serve.ts"
import * as Help from "./Help.ts"
import { settings } from "./Settings.ts"

const command = Command.make("keystead").pipe(
  Command.withDescription("A key management service in a folder: the API of AWS KMS, without a server"),
  Command.withSubcommands([
    key,
    alias,
    encrypt,
    decrypt,
    Operations.call,
    explain,
    Operations.list,
    maintain,
    rewrap,
    serve,
    audit
  ]),
  Command.withGlobalFlags(settings)
)

const builtIns = [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions]

/** Runs the command on these arguments, its own name not among them. `Failure` puts what it fails with into words. */
export const run =
  (version: string) => (args: ReadonlyArray<string>): Effect.Effect<void, unknown, Command.Environment> =>
    Command.runWith(command, { version })(args).pipe(
      Effect.provide(Layer.mergeAll(Help.layer, CliConfig.layer({ builtIns })))
    )
