/** The facade beside the `KMS` class of the AWS SDK: what compiles against the one compiles against the other. */
import type { KMS } from "@aws-sdk/client-kms"
import type { OperationName } from "@keystead/core/operations/Registry"
import type { OpenKms } from "@keystead/runtime-node/OpenKms"
import { describe, expectTypeOf, it } from "vitest"

type Method = Uncapitalize<OperationName>

/** What the SDK's method takes and gives, by the first of its overloads. */
type Sdk<Name extends Method> = KMS[Name] extends {
  (input: infer Input, options?: infer _Options): Promise<infer Output>
  (input: infer _Input1, callback: infer _Callback1): void
  (input: infer _Input2, options: infer _Options2, callback: infer _Callback2): void
} ? { readonly input: Input; readonly output: Output }
  : KMS[Name] extends {
    (): Promise<infer Output>
    (input: infer Input, options?: infer _Options): Promise<infer _Output>
    (input: infer _Input1, callback: infer _Callback1): void
    (input: infer _Input2, options: infer _Options2, callback: infer _Callback2): void
  } ? { readonly input: Input; readonly output: Output }
  : never

type Ours<Name extends Method> = {
  readonly input: NonNullable<Parameters<OpenKms[Name]>[0]>
  readonly output: Awaited<ReturnType<OpenKms[Name]>>
}

/** The methods whose reply is not one that the SDK's user could hold. */
type WrongReplies = { [Name in Method]: Ours<Name>["output"] extends Sdk<Name>["output"] ? never : Name }[Method]

/** The SDK says `KeyId: string | undefined` of members that are needed; whoever uses it has given them. */
type Loose<Value> = Value extends Uint8Array ? Value
  : Value extends Array<infer Item> ? Array<Loose<Item>>
  : Value extends object ? { [Member in keyof Value]: Loose<Value[Member]> | undefined }
  : Value

/** The methods that do not take what the SDK's user has. */
type WrongInputs = {
  [Name in Method]: Sdk<Name>["input"] extends Loose<Ours<Name>["input"]> ? never : Name
}[Method]

describe("the facade", () => {
  it("has every operation as a method of the SDK's class", () => {
    expectTypeOf<Method>().toExtend<keyof KMS>()
  })
  it("gives replies that the SDK's users can hold", () => {
    expectTypeOf<WrongReplies>().toBeNever()
  })
  it("takes what the SDK's users have", () => {
    expectTypeOf<WrongInputs>().toBeNever()
  })
})
