import { assert, describe, it } from "@effect/vitest"
import { accountOf, parse, sessionsKnowAs } from "@keystead/core/domain/Principal"
import { home } from "./Support.ts"

describe("Principal", () => {
  it.each([
    ["root", "Account", "root", "root"],
    ["user/Bob", "User", "Bob", "user/Bob"],
    ["user/a/b/Bob", "User", "Bob", "user/a/b/Bob"],
    ["user/Bob+=,.@-_9", "User", "Bob+=,.@-_9", "user/Bob+=,.@-_9"],
    ["role/App", "AssumedRole", "App", "role/App"],
    ["role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS", "AssumedRole", "AWSServiceRoleForRDS", ""]
  ])("reads iam %s", (resource, type, name, identity) => {
    const arn = `arn:aws:iam::${home}:${resource}`
    assert.deepStrictEqual(parse(arn), {
      arn,
      type,
      account: home,
      name,
      identity: identity === "" ? arn : `arn:aws:iam::${home}:${identity}`,
      isSession: false
    })
  })

  it("reads a session, and the role it is of", () => {
    const arn = `arn:aws-us-gov:sts::${home}:assumed-role/App/i-0123`
    assert.deepStrictEqual(parse(arn), {
      arn,
      type: "AssumedRole",
      account: home,
      name: "App",
      identity: `arn:aws-us-gov:iam::${home}:role/App`,
      isSession: true
    })
  })

  it("reads a federated user", () => {
    const arn = `arn:aws:sts::${home}:federated-user/Bob`
    assert.deepStrictEqual(parse(arn), {
      arn,
      type: "FederatedUser",
      account: home,
      name: "Bob",
      identity: arn,
      isSession: false
    })
  })

  it.each([
    "",
    "*",
    home,
    "Bob",
    `arn:aws:iam::${home}:root/x`,
    `arn:aws:iam::${home}:roots`,
    `arn:aws:iam::${home}:`,
    `arn:aws:iam::${home}:user/`,
    `arn:aws:iam::${home}:user`,
    `arn:aws:iam::${home}:user/*`,
    `arn:aws:iam::${home}:user/a*/Bob`,
    `arn:aws:iam::${home}:user/a?/Bob`,
    `arn:aws:iam::${home}:user/Bo b`,
    `arn:aws:iam::${home}:user/${"x".repeat(65)}`,
    `arn:aws:iam::${home}:user/${"x".repeat(512)}/Bob`,
    `arn:aws:iam::${home}:group/Bob`,
    `arn:aws:iam::${home}:assumed-role/App/one`,
    `arn:aws:iam::${home}:federated-user/Bob`,
    `arn:aws:iam:eu-west-1:${home}:user/Bob`,
    `arn:aws:iam::11112222333:user/Bob`,
    `arn:aws:iam::1111222233334:user/Bob`,
    `arn:aws:sts::${home}:root`,
    `arn:aws:sts::${home}:user/Bob`,
    `arn:aws:sts::${home}:role/App`,
    `arn:aws:sts::${home}:assumed-role/App`,
    `arn:aws:sts::${home}:assumed-role/App/`,
    `arn:aws:sts::${home}:assumed-role/path/App/one`,
    `arn:aws:sts::${home}:federated-user/a/Bob`,
    `arn:aws:s3::${home}:user/Bob`,
    `arn:awsome:iam::${home}:user/Bob`,
    `xarn:aws:iam::${home}:user/Bob`,
    `arn:aws:iam::${home}:user/Bob\n`
  ])("does not take %j for a principal", (arn) => {
    assert.isUndefined(parse(arn))
    assert.isUndefined(accountOf(arn))
  })

  it("takes names and paths up to their limits", () => {
    const name = "x".repeat(64)
    assert.strictEqual(parse(`arn:aws:iam::${home}:user/${"p".repeat(511)}/${name}`)?.name, name)
    assert.strictEqual(parse(`arn:aws:sts::${home}:assumed-role/${name}/${name}`)?.name, name)
    assert.isUndefined(parse(`arn:aws:sts::${home}:assumed-role/${name}x/${name}`))
    assert.isUndefined(parse(`arn:aws:sts::${home}:assumed-role/${name}/${name}x`))
    assert.strictEqual(parse(`arn:aws:sts::${home}:federated-user/${name}`)?.name, name)
    assert.isUndefined(parse(`arn:aws:sts::${home}:federated-user/${name}x`))
  })

  it("gives the account", () => {
    assert.strictEqual(accountOf(`arn:aws-cn:iam::${home}:user/Bob`), home)
  })

  it("tells by what name the sessions of a role know it", () => {
    const known = (arn: string) => {
      const principal = parse(arn)
      return principal === undefined ? "unread" : sessionsKnowAs(principal)
    }
    assert.strictEqual(known(`arn:aws-cn:iam::${home}:role/a/b/App`), `arn:aws-cn:iam::${home}:role/App`)
    assert.isUndefined(known(`arn:aws:iam::${home}:user/App`))
    assert.isUndefined(known(`arn:aws:sts::${home}:assumed-role/App/one`))
  })
})
