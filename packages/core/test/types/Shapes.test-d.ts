/** Requests and replies beside those of `@aws-sdk/client-kms`: what is made for the one fits the other. */
import type * as Aws from "@aws-sdk/client-kms"
import type { Arguments, Client } from "@keystead/core/Client"
import type { InputOf, OutputOf } from "@keystead/core/operations/Operation"
import type { OperationName, Registry } from "@keystead/core/operations/Registry"
import { describe, expectTypeOf, it } from "vitest"

/** An operation's command of the SDK. */
type Command<Name extends OperationName> = InstanceType<(typeof Aws)[`${Name}Command`]>

/** What the SDK's commands take and give. */
type Sdk = {
  [Name in OperationName]: [
    Command<Name>["input"],
    Awaited<ReturnType<ReturnType<Command<Name>["resolveMiddleware"]>>>["output"]
  ]
}

type In<Name extends OperationName> = InputOf<Registry[Name]>
type Out<Name extends OperationName> = OutputOf<Registry[Name]>
type SdkIn<Name extends OperationName> = Sdk[Name][0]
/** Without what the SDK says of the transport. */
type SdkOut<Name extends OperationName> = Omit<Sdk[Name][1], "$metadata">

/** The SDK has `KeyId: string | undefined` where a member is needed; whoever calls has given it. */
type Needed<Input, Ours> = {
  [Member in keyof Input as Member extends keyof Ours ? Member : never]: Member extends keyof Ours
    ? undefined extends Ours[Member] ? Input[Member] : Exclude<Input[Member], undefined>
    : never
}

/** Tags are needed within a list, too, and credentials have both their members. */
type Filled<Value> = Value extends { TagKey: infer _Key; TagValue: infer _Value } ? { TagKey: string; TagValue: string }
  : Value extends { AccessKeyId: infer _Id; RawSecretAccessKey: infer _Secret }
    ? { AccessKeyId: string; RawSecretAccessKey: string }
  : Value extends Uint8Array ? Value
  : Value extends ReadonlyArray<infer Item> ? Array<Filled<Item>>
  : Value

type FilledMembers<Input> = { [Member in keyof Input]: Filled<Input[Member]> }

type Every<Test extends { [Name in OperationName]: boolean }> = {
  [Name in OperationName]: Test[Name] extends true ? never : Name
}[OperationName]

/** Whether what the SDK's caller has is a request. */
type Taken = { [Name in OperationName]: FilledMembers<Needed<SdkIn<Name>, In<Name>>> extends In<Name> ? true : false }

/** Whether a request is one that the SDK takes. */
type Given = { [Name in OperationName]: In<Name> extends SdkIn<Name> ? true : false }

/** Whether a reply is what the SDK's caller holds. An operation that says nothing gives nothing to hold. */
type Held = {
  [Name in OperationName]: [Out<Name>] extends [void] ? true : Out<Name> extends SdkOut<Name> ? true : false
}

/** Members of the SDK's requests that are not known here, by operation. */
type Unknown = {
  [Name in OperationName as Exclude<keyof SdkIn<Name>, keyof In<Name>> extends never ? never : Name]: Exclude<
    keyof SdkIn<Name>,
    keyof In<Name>
  >
}

/** Members of requests that the SDK does not know. */
type Invented = { [Name in OperationName]: Exclude<keyof In<Name>, keyof SdkIn<Name>> }[OperationName]

/** Members of replies that the SDK does not know. */
type InventedReplies = {
  [Name in OperationName]: [Out<Name>] extends [void] ? never : Exclude<keyof Out<Name>, keyof SdkOut<Name>>
}[OperationName]

/** Members of the SDK's replies that are not known here, by operation. */
type Silent = {
  [
    Name in OperationName as [Out<Name>] extends [void] ? never
      : Exclude<keyof SdkOut<Name>, keyof Out<Name>> extends never ? never
      : Name
  ]: Exclude<keyof SdkOut<Name>, keyof Out<Name>>
}

describe("requests", () => {
  it("can be those of the SDK", () => {
    expectTypeOf<Every<Taken>>().toBeNever()
  })
  it("can be given to the SDK", () => {
    expectTypeOf<Every<Given>>().toBeNever()
  })
  it("have the SDK's members and no others, but for what is not built", () => {
    expectTypeOf<Invented>().toBeNever()
    expectTypeOf<Unknown>().toEqualTypeOf<{
      Decrypt: "DryRunModifiers"
      ReEncrypt: "DryRunModifiers"
    }>()
  })
})

describe("replies", () => {
  it("are what the SDK's callers hold", () => {
    expectTypeOf<Every<Held>>().toBeNever()
  })
  it("have the SDK's members and no others", () => {
    expectTypeOf<InventedReplies>().toBeNever()
    expectTypeOf<keyof Silent>().toBeNever()
  })
})

describe("a client", () => {
  it("has a method for each operation", () => {
    expectTypeOf<keyof Client>().toEqualTypeOf<Uncapitalize<OperationName>>()
  })
  it("may leave out a request of which nothing is needed, and no other", () => {
    expectTypeOf<Parameters<Client["listKeys"]>>().toEqualTypeOf<Arguments<In<"ListKeys">>>()
    expectTypeOf<[]>().toExtend<Parameters<Client["listKeys"]>>()
    expectTypeOf<[]>().not.toExtend<Parameters<Client["encrypt"]>>()
    expectTypeOf<Parameters<Client["encrypt"]>>().toEqualTypeOf<[input: In<"Encrypt">]>()
  })
})
