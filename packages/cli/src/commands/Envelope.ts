/** `keystead encrypt` and `keystead decrypt`: files of any size, in the message format of the AWS Encryption SDK. */
import type { Client } from "@keystead/core/Client"
import type { EncryptionContext } from "@keystead/core/domain/EncryptionContext"
import * as Envelope from "@keystead/core/envelope/Envelope"
import * as KmsDataKeys from "@keystead/core/envelope/KmsDataKeys"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import * as Input from "../files/Input.ts"
import * as Output from "../files/Output.ts"
import * as Options from "../Options.ts"
import { answer } from "../Print.ts"
import * as Progress from "../Progress.ts"

/** Modes of the files, before the umask: what is encrypted anyone may see, what is decrypted its owner only. */
const modes = { message: 0o666, plaintext: 0o600 }

/** What both commands are told. */
interface Wish {
  readonly in: string
  readonly out: string
  readonly context: ReadonlyArray<string>
}

const contextOf = (
  { context }: Wish
): Effect.Effect<EncryptionContext, Effect.Error<ReturnType<typeof Options.readPairs>>> =>
  Effect.map(Options.readPairs("context", context), (pairs) => Object.fromEntries(pairs))

/** What both commands answer, unless standard output is taken by the bytes. */
const done = (wish: Wish, bytes: number, EncryptionContext: EncryptionContext, forPeople: string) =>
  wish.out === Input.pipe
    ? Effect.void
    : answer({ In: wish.in, Out: wish.out, Bytes: bytes, EncryptionContext }, forPeople)

const encryptFile = Effect.fnUntraced(function*(client: Client, key: string, wish: Wish) {
  const encryptionContext = yield* contextOf(wish)
  const input = yield* Input.open(wish.in)
  const dataKeys = KmsDataKeys.under(client, key)
  const bytes = yield* Progress.during(input.size, (onProgress) => {
    const seal = Envelope.sealStream({ dataKeys, encryptionContext, onProgress })
    return Output.write(wish.out, seal(input.bytes), modes.message)
  })
  const size = Progress.amount(bytes)
  yield* done(wish, bytes, encryptionContext, `Encrypted ${size} under ${key} into ${wish.out}.`)
})

/** From a file or pipe to a message of its own data key, which the KMS key encrypts. */
export const encrypt = Command.make("encrypt", {
  key: Flag.String("key").pipe(
    Flag.withMetavar("KEY"),
    Flag.withDescription("The KMS key: alias/NAME, key id or ARN")
  ),
  in: Options.input,
  out: Options.output,
  context: Options.pairs("context", "A pair that is bound to the file, and stands in it for all to read; several times")
}, (wish) =>
  Connection.use(
    false,
    ({ client }) => Effect.provide(encryptFile(client, wish.key, wish), NodeCrypto.layer)
  )).pipe(
    Command.withDescription("Encrypt a file of any size under a data key of its own, which the KMS key encrypts")
  )

const said = (context: EncryptionContext): string => {
  const pairs = Object.entries(context).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? "without encryption context" : `with encryption context ${pairs.join(", ")}`
}

const decryptFile = Effect.fnUntraced(function*(client: Client, wish: Wish) {
  const encryptionContext = yield* contextOf(wish)
  const input = yield* Input.open(wish.in)
  let found: EncryptionContext = {}
  const bytes = yield* Progress.during(input.size, (onProgress) => {
    const open = Envelope.openStream({
      dataKeys: KmsDataKeys.any(client),
      encryptionContext,
      onHeader: (header) => {
        found = header.encryptionContext
      },
      onProgress
    })
    return Output.write(wish.out, open(input.bytes), modes.plaintext)
  })
  yield* done(wish, bytes, found, `Decrypted ${Progress.amount(bytes)} into ${wish.out}, ${said(found)}.`)
})

/** From a message to a file, which appears when all of it is authentic, or to a pipe. */
export const decrypt = Command.make("decrypt", {
  in: Options.input,
  out: Options.output,
  context: Options.pairs("context", "A pair that the file must have been encrypted with; several times")
}, (wish) => Connection.use(false, ({ client }) => Effect.provide(decryptFile(client, wish), NodeCrypto.layer))).pipe(
  Command.withShortDescription("Decrypt such a file"),
  Command.withDescription(
    "Decrypt such a file. A file appears only when all of it is authentic; with --out - each frame comes as it is "
      + "authenticated, and only exit code 0 says that all has come"
  )
)
