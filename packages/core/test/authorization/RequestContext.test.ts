import { assert, describe, it } from "@effect/vitest"
import { type RequestContext, valueOf } from "@keystead/core/authorization/RequestContext"
import { parse } from "@keystead/core/domain/Principal"
import { alice, home, role, root, session } from "./Support.ts"

const context = (arn: string, more: Partial<RequestContext> = {}): RequestContext => {
  const principal = parse(arn)
  if (principal === undefined) throw new Error(arn)
  return { principal, tags: undefined, viaService: undefined, value: (name) => `asked ${name}`, ...more }
}
const federated = `arn:aws:sts::${home}:federated-user/Fred`

describe("RequestContext", () => {
  it.each([
    [root, root, "Account", undefined, home],
    [alice, alice, "User", "Alice", "asked aws:userid"],
    [role, role, "AssumedRole", undefined, "asked aws:userid"],
    [session, role, "AssumedRole", undefined, "asked aws:userid"],
    [federated, federated, "FederatedUser", undefined, "asked aws:userid"]
  ])("tells of %s", (arn, identity, type, username, userid) => {
    const about = context(arn)
    assert.strictEqual(valueOf(about, "aws:principalarn"), identity)
    assert.strictEqual(valueOf(about, "aws:principaltype"), type)
    assert.strictEqual(valueOf(about, "aws:username"), username)
    assert.strictEqual(valueOf(about, "aws:userid"), userid)
    assert.strictEqual(valueOf(about, "aws:principalaccount"), home)
    assert.strictEqual(valueOf(about, "kms:calleraccount"), home)
    assert.strictEqual(valueOf(about, "aws:principalisawsservice"), "false")
  })

  it.each([
    ["s3.eu-west-1.amazonaws.com", "s3.amazonaws.com"],
    ["s3.cn-north-1.amazonaws.com.cn", "s3.amazonaws.com.cn"],
    ["athena.amazonaws.com", "athena.amazonaws.com"],
    ["a.b.c.amazonaws.com", "a.b.c.amazonaws.com"],
    ["vault.example.org", "vault.example.org"]
  ])("tells of the service %s", (viaService, name) => {
    const about = context(alice, { viaService })
    assert.strictEqual(valueOf(about, "kms:viaservice"), viaService)
    assert.strictEqual(valueOf(about, "aws:viaawsservice"), "true")
    assert.deepStrictEqual(valueOf(about, "aws:calledvia"), [name])
    assert.strictEqual(valueOf(about, "aws:calledviafirst"), name)
    assert.strictEqual(valueOf(about, "aws:calledvialast"), name)
  })

  it("tells that no service calls", () => {
    const about = context(alice)
    assert.strictEqual(valueOf(about, "aws:viaawsservice"), "false")
    for (const key of ["kms:viaservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"]) {
      assert.isUndefined(valueOf(about, key))
    }
  })

  it("finds tags whatever the case of their keys, and asks nobody else for them", () => {
    const about = context(alice, { tags: { Team: "blue", ["__proto__"]: "odd", "cost/center": "7" } })
    assert.strictEqual(valueOf(about, "aws:principaltag/team"), "blue")
    assert.strictEqual(valueOf(about, "aws:principaltag/cost/center"), "7")
    assert.strictEqual(valueOf(about, "aws:principaltag/__proto__"), "odd")
    assert.isUndefined(valueOf(about, "aws:principaltag/tea"))
    assert.isUndefined(valueOf(about, "aws:principaltag/constructor"))
    assert.isUndefined(valueOf(context(alice), "aws:principaltag/team"))
  })

  it.each(["aws:currenttime", "aws:sourceip", "kms:encryptioncontext:app", "aws:principalorgid", "aws:principaltags"])(
    "asks for %s",
    (key) => {
      assert.strictEqual(valueOf(context(alice), key), `asked ${key}`)
      assert.isUndefined(valueOf(context(alice, { value: () => undefined }), key))
    }
  )
})
