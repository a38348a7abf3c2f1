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

/** Members within replies that are never said: no custom key store is a CloudHSM cluster, or within a VPC. */
type NeverSaid =
  | "CloudHsmClusterId"
  | "TrustAnchorCertificate"
  | "VpcEndpointServiceName"
  | "VpcEndpointServiceOwner"

/** With every member there, at every depth: so that none can be missing because it may be left out. */
type Whole<Value, Excused = never> = Value extends Uint8Array | Date ? Value
  : Value extends ReadonlyArray<infer Item> ? Array<Whole<Item, Excused>>
  : Value extends object ? {
      -readonly [Member in keyof Value as Exclude<Member, Excused>]-?: Whole<Exclude<Value[Member], undefined>, Excused>
    }
  : Value

type Says<Name extends OperationName> = [Out<Name>] extends [void] ? object : Whole<Out<Name>>

/** Whether requests have every member that the SDK's have, within members too, and take every value. */
type WholeIn = { [Name in OperationName]: Whole<SdkIn<Name>> extends Whole<In<Name>> ? true : false }
type WholeInBack = { [Name in OperationName]: Whole<In<Name>> extends Whole<SdkIn<Name>> ? true : false }

/** Whether replies have every member that the SDK's have, within members too, with the same values. */
type WholeOut = {
  [Name in OperationName]: Says<Name> extends Whole<SdkOut<Name>, NeverSaid> ? true : false
}
type WholeOutBack = { [Name in OperationName]: Whole<SdkOut<Name>> extends Says<Name> ? true : false }

/** Operations that say nothing here, and something in the SDK. */
type Mute = {
  [Name in OperationName]: [Out<Name>] extends [void] ? keyof SdkOut<Name> extends never ? never : Name : never
}[OperationName]

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
  it("are the SDK's at every depth, both ways", () => {
    expectTypeOf<Every<WholeIn>>().toBeNever()
    expectTypeOf<Every<WholeInBack>>().toBeNever()
  })
  it("have the SDK's members and no others", () => {
    expectTypeOf<Invented>().toBeNever()
    expectTypeOf<keyof Unknown>().toBeNever()
  })
})

describe("replies", () => {
  it("are what the SDK's callers hold", () => {
    expectTypeOf<Every<Held>>().toBeNever()
  })
  it("are the SDK's at every depth, both ways", () => {
    expectTypeOf<Every<WholeOut>>().toBeNever()
    expectTypeOf<Every<WholeOutBack>>().toBeNever()
  })
  it("say nothing only where the SDK's say nothing", () => {
    expectTypeOf<Mute>().toBeNever()
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
