/** `keystead key list | describe | enable | disable | rotate | schedule-deletion | cancel-deletion`, and `create` */
import type { Client } from "@keystead/core/Client"
import * as JsonCodec from "@keystead/core/operations/JsonCodec"
import type { Operation } from "@keystead/core/operations/Operation"
import { registry } from "@keystead/core/operations/Registry"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Connection from "../Connection.ts"
import * as Options from "../Options.ts"
import { answer, pairs, table } from "../Print.ts"
import { create } from "./CreateKey.ts"
import * as Pages from "./Pages.ts"

const isAlias = (key: string): boolean => key.startsWith("alias/") || key.includes(":alias/")

/** The key's ARN, for operations that AWS lets no alias name. */
export const managed = (client: Client, key: string) =>
  isAlias(key)
    ? Effect.map(client.describeKey({ KeyId: key }), ({ KeyMetadata }) => KeyMetadata?.Arn ?? key)
    : Effect.succeed(key)

/** A member of a reply for people: dates in ISO 8601, lists with commas. */
const shown = (value: unknown): string => {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(shown).join(", ")
  return typeof value === "string" ? value : JSON.stringify(value)
}

const described = JsonCodec.of(registry.DescribeKey.output)

const describe = Command.make(
  "describe",
  { key: Options.key },
  ({ key }) =>
    Connection.use(false, ({ client }) =>
      Effect.gen(function*() {
        const reply = yield* client.describeKey({ KeyId: key })
        const members = Object.entries(reply.KeyMetadata ?? {}).map(([name, value]) => [name, shown(value)] as const)
        yield* answer(described.encode(reply), pairs(members))
      }))
).pipe(Command.withDescription("Show what is known of a KMS key"))

/** What there is to say of each key; its state and description only where the caller may see them, and they are intact. */
const overview = Effect.fnUntraced(function*(client: Client) {
  const aliases = yield* Pages.all(client.listAliases, (page) => page.Aliases)
  const keys = yield* Pages.all(client.listKeys, (page) => page.Keys)
  return yield* Effect.forEach(keys, ({ KeyArn = "", KeyId = "" }) =>
    Effect.map(
      Effect.catchTag(client.describeKey({ KeyId }), ["AccessDeniedException", "IntegrityError"], () =>
        Effect.succeed(undefined)),
      (reply) => ({
        KeyId,
        KeyArn,
        KeyState: reply?.KeyMetadata?.KeyState ?? null,
        Description: reply?.KeyMetadata?.Description ?? null,
        Aliases: aliases.flatMap(({ AliasName = "", TargetKeyId }) =>
          TargetKeyId === KeyId ? [AliasName] : []
        )
      })
    ))
})

const list = Command.make("list", {}, () =>
  Connection.use(false, ({ client }) =>
    Effect.gen(function*() {
      const Keys = yield* overview(client)
      const rows = Keys.map((key) => [key.KeyId, key.KeyState ?? "?", key.Aliases.join(", "), key.Description ?? "?"])
      yield* answer({ Keys }, table(["KEY", "STATE", "ALIASES", "DESCRIPTION"], rows))
    }))).pipe(Command.withDescription("List the KMS keys of the account in the Region"))

/** A command that does one thing to one key, and answers with the operation's reply. */
const simple = <Name extends string, E, Reply>(name: Name, options: {
  readonly description: string
  readonly operation: Operation
  readonly run: (client: Client, KeyId: string) => Effect.Effect<Reply, E>
  readonly said: (key: string) => string
}) => {
  const codec = JsonCodec.of(options.operation.output)
  return Command.make(
    name,
    { key: Options.key },
    ({ key }) =>
      Connection.use(false, ({ client }) =>
        Effect.gen(function*() {
          const reply = yield* options.run(client, yield* managed(client, key))
          yield* answer(codec.encode(reply), options.said(key))
        }))
  ).pipe(Command.withDescription(options.description))
}

const enable = simple("enable", {
  description: "Let a disabled KMS key be used again",
  operation: registry.EnableKey,
  run: (client, KeyId) => client.enableKey({ KeyId }),
  said: (key) => `${key} is enabled.`
})

const disable = simple("disable", {
  description: "Keep a KMS key from being used, until it is enabled again",
  operation: registry.DisableKey,
  run: (client, KeyId) => client.disableKey({ KeyId }),
  said: (key) => `${key} is disabled: nothing can be encrypted or decrypted under it.`
})

const rotate = simple("rotate", {
  description: "Give a KMS key new material; what was encrypted before still decrypts",
  operation: registry.RotateKeyOnDemand,
  run: (client, KeyId) => client.rotateKeyOnDemand({ KeyId }),
  said: (key) => `${key} has new material. What was encrypted before still decrypts.`
})

const cancelDeletion = simple("cancel-deletion", {
  description: "Keep a KMS key that was scheduled for deletion; it is disabled then",
  operation: registry.CancelKeyDeletion,
  run: (client, KeyId) => client.cancelKeyDeletion({ KeyId }),
  said: (key) => `${key} is kept. It is disabled: \`keystead key enable\` lets it be used.`
})

const days = Flag.Int("days").pipe(
  Flag.withMetavar("DAYS"),
  Flag.withDescription("Days until then, 7 to 30 (30)"),
  Flag.optional
)

const scheduled = JsonCodec.of(registry.ScheduleKeyDeletion.output)

const scheduleDeletion = Command.make(
  "schedule-deletion",
  { key: Options.key, days },
  ({ days, key }) =>
    Connection.use(false, ({ client }) =>
      Effect.gen(function*() {
        const reply = yield* client.scheduleKeyDeletion({
          KeyId: yield* managed(client, key),
          PendingWindowInDays: Option.getOrUndefined(days)
        })
        const date = reply.DeletionDate?.toISOString() ?? "the date that is set"
        yield* answer(
          scheduled.encode(reply),
          `${key} will be deleted on ${date}, and with it all hope for what it encrypted. It cannot be used from now on.\n`
            + `Until then, \`keystead key cancel-deletion ${key}\` keeps it.`
        )
      }))
).pipe(Command.withDescription("Delete a KMS key some days from now; what it encrypted is lost then"))

/** All of them. */
export const key = Command.make("key").pipe(
  Command.withDescription("KMS keys and their lives"),
  Command.withSubcommands([create, list, describe, enable, disable, rotate, scheduleDeletion, cancelDeletion])
)
