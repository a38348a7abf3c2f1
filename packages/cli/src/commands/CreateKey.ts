/** `keystead key create` */
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import type { Client } from "@keystead/core/Client"
import { AlreadyExistsException } from "@keystead/core/Errors"
import * as JsonCodec from "@keystead/core/operations/JsonCodec"
import { registry } from "@keystead/core/operations/Registry"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Connection from "../Connection.ts"
import { UsageError } from "../Errors.ts"
import * as Input from "../files/Input.ts"
import * as Options from "../Options.ts"
import { answer, pairs } from "../Print.ts"

const principals = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("ARN"), Flag.withDescription(description), Flag.atLeast(0))

const options = {
  alias: Flag.String("alias").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("The key's name: alias/NAME, or just NAME"),
    Flag.optional
  ),
  description: Flag.String("description").pipe(
    Flag.withMetavar("TEXT"),
    Flag.withDescription("What the key is for"),
    Flag.optional
  ),
  administrators: principals("administrator", "Who may manage the key; may be given several times"),
  users: principals("user", "Who may encrypt and decrypt with the key; may be given several times"),
  policy: Flag.optional(
    Options.file("policy", "The key policy, in place of one that names administrators and users; - for standard input")
  ),
  tags: Options.pairs("tag", "A tag of the key; may be given several times")
}

interface Wish {
  readonly administrators: ReadonlyArray<string>
  readonly users: ReadonlyArray<string>
  readonly policy: Option.Option<string>
}

/** The policy that the options ask for; undefined for AWS's default. */
const policyOf = Effect.fnUntraced(function*({ administrators, policy, users }: Wish, account: string) {
  const named = administrators.length + users.length > 0
  if (Option.isSome(policy)) {
    if (!named) return yield* Input.text(policy.value)
    return yield* new UsageError({ message: "Give either --policy, or --administrator and --user." })
  }
  return named ? keyPolicy({ account, administrators, users }) : undefined
})

/** The id of no key. */
const nobody = "00000000-0000-4000-8000-000000000000"

/** Refuses a name that cannot be or is taken, before a key is made for it. */
const needFree = Effect.fnUntraced(function*(client: Client, alias: string) {
  // A name that could be given to a key fails only because there is no such key.
  yield* Effect.catchTag(
    client.createAlias({ AliasName: alias, TargetKeyId: nobody }),
    "NotFoundException",
    () => Effect.void
  )
  const taken = yield* Effect.match(client.describeKey({ KeyId: alias }), {
    onSuccess: () => true,
    onFailure: (error) => error._tag === "AccessDeniedException"
  })
  const refused = new AlreadyExistsException({ message: `The alias ${alias} names another key already.` })
  yield* taken ? Effect.fail(refused) : Effect.void
})

const created = JsonCodec.of(registry.CreateKey.output)

/** Makes a key; with `--alias`, one that has that name or none at all. */
export const create = Command.make(
  "create",
  options,
  (wish) =>
    Connection.use(true, ({ account, client }) =>
      Effect.gen(function*() {
        const alias = Option.map(wish.alias, Options.aliasName)
        const tags = yield* Options.readPairs("tag", wish.tags)
        const policy = yield* policyOf(wish, account)
        if (Option.isSome(alias)) yield* needFree(client, alias.value)
        const reply = yield* client.createKey({
          Policy: policy,
          Description: Option.getOrUndefined(wish.description),
          Tags: [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
        })
        const { Arn = "", KeyId = "" } = reply.KeyMetadata ?? {}
        if (Option.isSome(alias)) yield* client.createAlias({ AliasName: alias.value, TargetKeyId: KeyId })
        yield* answer(
          created.encode(reply),
          pairs([
            ["KeyId", KeyId],
            ["Arn", Arn],
            ...Option.match(alias, {
              onNone: () => [],
              onSome: (name) => [["Alias", name] as const]
            })
          ])
        )
      }))
).pipe(Command.withDescription("Make a KMS key"))
