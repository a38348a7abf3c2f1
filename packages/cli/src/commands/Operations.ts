/** `keystead operations` and `keystead call`: everything that the registry has. */
import { SerializationException } from "@keystead/core/Errors"
import * as JsonCodec from "@keystead/core/operations/JsonCodec"
import type { Operation } from "@keystead/core/operations/Operation"
import { operations } from "@keystead/core/operations/Registry"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import * as Input from "../files/Input.ts"
import { answer, json } from "../Print.ts"

/** The names; for machines, everything that can be told of an operation beforehand. */
export const list = Command.make("operations", {}, () =>
  answer(
    operations.map(({ actions, name, readOnly, states }) => ({
      name,
      actions,
      readOnly,
      states: states ?? null
    })),
    operations.map(({ name }) => name).join("\n")
  )).pipe(
    Command.withDescription("Name every operation; with --json also what it needs, and what it does in each key state")
  )

/** Which operation a command is about. */
export const operation = Argument.ChoiceWithValue("operation", operations.map((value) => [value.name, value] as const))
  .pipe(
    Argument.withDescription("Its name, such as Encrypt: `keystead operations` tells them all")
  )

/** The request, as text. */
export const input = Flag.String("input").pipe(
  Flag.withMetavar("JSON"),
  Flag.withDescription("The request: blobs are base64, timestamps seconds since 1970; - reads it from standard input"),
  Flag.withDefault("{}")
)

/** What is wrong with the text is not told: the parser's words would quote it. */
const parse = (text: string) =>
  Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () => new SerializationException({ message: "--input is not JSON." })
  })

/** The request that the text is, read from standard input where it says so. */
export const readRequest = Effect.fnUntraced(function*(operation: Operation, given: string) {
  const text = given === Input.pipe ? yield* Input.text(given) : given
  return yield* Effect.fromResult(JsonCodec.of(operation.input).decode(yield* parse(text)))
})

/** Any operation: its request as JSON in, its reply as JSON out. */
export const call = Command.make("call", { operation, input }, ({ input, operation }) =>
  Effect.gen(function*() {
    const request = yield* readRequest(operation, input)
    const reply = yield* Connection.use(
      Connection.founds(operation),
      ({ kms, session }) => kms.execute(operation, request, session)
    )
    yield* Console.log(json(JsonCodec.of(operation.output).encode(reply)))
  })).pipe(Command.withDescription(`Call any of the ${operations.length} operations, and print its reply as JSON`))
