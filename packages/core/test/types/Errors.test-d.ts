/** Each operation's error channel is exactly what the table spells out, and each of its errors is the class of that name. */
import type * as Client from "@keystead/core/Client"
import type * as Errors from "@keystead/core/Errors"
import type { Kms } from "@keystead/core/Kms"
import type { ErrorOf, OutputOf } from "@keystead/core/operations/Operation"
import type { OperationName, Registry } from "@keystead/core/operations/Registry"
import type * as Effect from "effect/Effect"
import { describe, expectTypeOf, it } from "vitest"
import type { errorTable } from "./ErrorTable.ts"

type Expected<Name extends OperationName> = (typeof errorTable)[Name][number]
type Actual<Name extends OperationName> = ErrorOf<Registry[Name]>["_tag"]

/** Operations that can give an error which the table does not have, with it. */
type Unexpected = {
  [Name in OperationName as Exclude<Actual<Name>, Expected<Name>> extends never ? never : Name]: Exclude<
    Actual<Name>,
    Expected<Name>
  >
}

/** Operations that cannot give an error which the table has, with it. */
type Missing = {
  [Name in OperationName as Exclude<Expected<Name>, Actual<Name>> extends never ? never : Name]: Exclude<
    Expected<Name>,
    Actual<Name>
  >
}

/** The errors by their names. */
type ErrorClasses = { [Name in keyof typeof Errors]: InstanceType<(typeof Errors)[Name]> }

/** Operations whose errors are not the classes that their tags name. */
type Strangers = {
  [Name in OperationName]: Exclude<ErrorOf<Registry[Name]>, ErrorClasses[keyof ErrorClasses]> extends never ? never
    : Name
}[OperationName]

/** The errors of a client's method. */
type MethodErrors<Name extends keyof Client.Client> = Effect.Error<ReturnType<Client.Client[Name]>>

describe("the error channel", () => {
  it("has no error that the table does not spell out", () => {
    expectTypeOf<keyof Unexpected>().toBeNever()
  })
  it("has every error that the table spells out", () => {
    expectTypeOf<keyof Missing>().toBeNever()
  })
  it("is of the classes in Errors", () => {
    expectTypeOf<Strangers>().toBeNever()
    expectTypeOf<ErrorClasses["DisabledException"]["_tag"]>().toEqualTypeOf<"DisabledException">()
  })
  it("is the same of a client's method", () => {
    expectTypeOf<MethodErrors<"encrypt">>().toEqualTypeOf<ErrorOf<Registry["Encrypt"]>>()
    expectTypeOf<MethodErrors<"listKeys">>().toEqualTypeOf<ErrorOf<Registry["ListKeys"]>>()
    expectTypeOf<MethodErrors<"generateRandom">["_tag"]>().toEqualTypeOf<
      "ValidationException" | "AccessDeniedException" | "UnsupportedOperationException"
    >()
  })
  it("is the same of the service", () => {
    const program = (kms: Kms["Service"], encrypt: Registry["Encrypt"]) =>
      kms.execute(encrypt, { KeyId: "", Plaintext: new Uint8Array() }, { caller: { principal: "" }, region: "" })
    expectTypeOf<Effect.Error<ReturnType<typeof program>>>().toEqualTypeOf<ErrorOf<Registry["Encrypt"]>>()
    expectTypeOf<Effect.Success<ReturnType<typeof program>>>().toEqualTypeOf<OutputOf<Registry["Encrypt"]>>()
    expectTypeOf<Effect.Services<ReturnType<typeof program>>>().toBeNever()
  })
})
