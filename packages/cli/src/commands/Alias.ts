/** `keystead alias create | list | delete` */
import * as JsonCodec from "@keystead/core/operations/JsonCodec"
import { registry } from "@keystead/core/operations/Registry"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import * as Options from "../Options.ts"
import { answer, table } from "../Print.ts"
import { managed } from "./Key.ts"
import * as Pages from "./Pages.ts"

const name = Argument.String("alias").pipe(Argument.withDescription("The alias: alias/NAME, or just NAME"))

const create = Command.make(
  "create",
  { name, key: Options.key },
  ({ key, name }) =>
    Connection.use(false, ({ client }) =>
      Effect.gen(function*() {
        const AliasName = Options.aliasName(name)
        yield* client.createAlias({ AliasName, TargetKeyId: yield* managed(client, key) })
        yield* answer({}, `${AliasName} now names ${key}.`)
      }))
).pipe(Command.withDescription("Give a KMS key a name"))

const listed = JsonCodec.of(registry.ListAliases.output)

const list = Command.make("list", {}, () =>
  Connection.use(false, ({ client }) =>
    Effect.gen(function*() {
      const Aliases = yield* Pages.all(client.listAliases, (page) => page.Aliases)
      const rows = Aliases.map(({ AliasName = "", CreationDate, TargetKeyId = "" }) => [
        AliasName,
        TargetKeyId,
        CreationDate?.toISOString() ?? ""
      ])
      yield* answer(listed.encode({ Aliases }), table(["ALIAS", "KEY", "CREATED"], rows))
    }))).pipe(Command.withDescription("List the aliases of the account in the Region"))

const remove = Command.make(
  "delete",
  { name },
  ({ name }) =>
    Connection.use(false, ({ client }) =>
      Effect.gen(function*() {
        const AliasName = Options.aliasName(name)
        yield* client.deleteAlias({ AliasName })
        yield* answer({}, `${AliasName} is deleted. The key that it named stays as it is.`)
      }))
).pipe(Command.withDescription("Delete an alias; the key that it names stays as it is"))

/** All of them. */
export const alias = Command.make("alias").pipe(
  Command.withDescription("Names for KMS keys"),
  Command.withSubcommands([create, list, remove])
)
