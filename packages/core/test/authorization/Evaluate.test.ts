import { assert, describe, it } from "@effect/vitest"
import type { Question } from "@keystead/core/authorization/Evaluate"
import type { PolicyDocument } from "@keystead/core/authorization/Policy"
import {
  abroad,
  alice,
  allow,
  ask,
  bob,
  deny,
  home,
  identityPolicy,
  key,
  keyPolicy,
  role,
  root,
  session,
  values
} from "./Support.ts"

const foreignRoot = `arn:aws:iam::${abroad}:root`
const foreign = `arn:aws:iam::${abroad}:user/Fay`
const fred = `arn:aws:sts::${home}:federated-user/Fred`
/** Policies are made inside the tests, so that a mutant in the making of one is tried by the tests that use it. */
const everything = () => identityPolicy(allow())
const to = (AWS: unknown, members: object = {}) => allow({ Principal: { AWS }, ...members })

const decision = (
  principal: string,
  resourcePolicy: PolicyDocument | undefined,
  identityPolicies?: ReadonlyArray<PolicyDocument<"IdentityPolicy">>,
  question: Partial<Question> = {}
) =>
  ask(
    identityPolicies === undefined ? { principal } : { principal, identityPolicies },
    resourcePolicy === undefined ? question : { resourcePolicy, ...question }
  )

const because = (...asked: Parameters<typeof decision>) => {
  const verdict = decision(...asked)
  return verdict.allowed ? "allowed" : verdict.because._tag
}

describe("Evaluate", () => {
  describe("in the key's account", () => {
    it.each([
      // Whom the key policy names; who asks; without and with an identity policy that allows everything().
      [bob, bob, "allowed", "allowed"],
      [[alice, bob], bob, "allowed", "allowed"],
      [alice, bob, "NotInKeyPolicy", "NotInKeyPolicy"],
      [alice, alice, "allowed", "allowed"],
      ["*", bob, "allowed", "allowed"],
      ["*", root, "allowed", "allowed"],
      [root, root, "allowed", "allowed"],
      [home, root, "allowed", "allowed"],
      [root, bob, "NotInIdentityPolicy", "allowed"],
      [home, bob, "NotInIdentityPolicy", "allowed"],
      [home, session, "NotInIdentityPolicy", "allowed"],
      [[home, bob], bob, "allowed", "allowed"],
      // The account's root has no right of its own to a key.
      [bob, root, "NotInKeyPolicy", "NotInKeyPolicy"],
      [abroad, bob, "NotInKeyPolicy", "NotInKeyPolicy"],
      [abroad, root, "NotInKeyPolicy", "NotInKeyPolicy"],
      // Roles and their sessions.
      [role, role, "allowed", "allowed"],
      [role, session, "allowed", "allowed"],
      [`arn:aws:iam::${home}:role/a/b/App`, session, "allowed", "allowed"],
      [`arn:aws:iam::${home}:role/a/b/App`, `arn:aws:iam::${home}:role/a/b/App`, "allowed", "allowed"],
      [session, session, "allowed", "allowed"],
      [session, role, "NotInKeyPolicy", "NotInKeyPolicy"],
      [session, `arn:aws:sts::${home}:assumed-role/App/two`, "NotInKeyPolicy", "NotInKeyPolicy"],
      [role, `arn:aws:sts::${home}:assumed-role/Application/one`, "NotInKeyPolicy", "NotInKeyPolicy"],
      [role, `arn:aws:sts::${abroad}:assumed-role/App/one`, "NotInKeyPolicy", "NotInKeyPolicy"],
      [`arn:aws:iam::${home}:user/App`, session, "NotInKeyPolicy", "NotInKeyPolicy"],
      [fred, fred, "allowed", "allowed"],
      [[], bob, "NotInKeyPolicy", "NotInKeyPolicy"]
    ])("%j named, %s asks: %s; with identity policy: %s", (named, asks, alone, supported) => {
      const policy = keyPolicy(to(named))
      assert.strictEqual(because(asks, policy), alone)
      assert.strictEqual(because(asks, policy, []), alone)
      assert.strictEqual(because(asks, policy, [everything()]), supported)
    })

    it("knows everyone by the short form", () => {
      const policy = keyPolicy(allow({ Principal: "*" }))
      for (const principal of [bob, session, root, fred]) assert.strictEqual(because(principal, policy), "allowed")
    })

    it("does not know callers by other kinds of principals", () => {
      const policy = keyPolicy(allow({ Principal: { Service: "*", Federated: "*", CanonicalUser: "*" } }))
      assert.strictEqual(because(bob, policy, [everything()]), "NotInKeyPolicy")
    })

    it("needs an identity policy to allow this very action on this very resource", () => {
      const policy = keyPolicy(to(home))
      const asked = (members: object) => because(bob, policy, [identityPolicy(allow(members))])
      assert.strictEqual(asked({ Action: "kms:Encrypt", Resource: key }), "allowed")
      assert.strictEqual(asked({ Action: "kms:Decrypt", Resource: key }), "NotInIdentityPolicy")
      assert.strictEqual(asked({ Resource: `${key}0` }), "NotInIdentityPolicy")
      assert.strictEqual(asked({ Condition: { Bool: { "test:key": true } } }), "NotInIdentityPolicy")
    })

    it("counts what the key policy says of the account under the same action, resource and conditions", () => {
      const asked = (members: object) => because(bob, keyPolicy(to(home, members)), [everything()])
      assert.strictEqual(asked({ Action: "kms:Decrypt" }), "NotInKeyPolicy")
      assert.strictEqual(asked({ Resource: `${key}0` }), "NotInKeyPolicy")
      assert.strictEqual(asked({ Condition: { Null: { "test:key": "false" } } }), "NotInKeyPolicy")
      assert.strictEqual(asked({ Condition: { StringEquals: { "kms:CallerAccount": home } } }), "allowed")
    })
  })

  describe("from another account", () => {
    it.each([
      [foreign, foreign, "NotInIdentityPolicy", "allowed"],
      [abroad, foreign, "NotInIdentityPolicy", "allowed"],
      [foreignRoot, foreign, "NotInIdentityPolicy", "allowed"],
      ["*", foreign, "NotInIdentityPolicy", "allowed"],
      [home, foreign, "NotInKeyPolicy", "NotInKeyPolicy"],
      [bob, foreign, "NotInKeyPolicy", "NotInKeyPolicy"],
      // A root needs no identity policy.
      [abroad, foreignRoot, "allowed", "allowed"],
      ["*", foreignRoot, "allowed", "allowed"],
      [foreign, foreignRoot, "NotInKeyPolicy", "NotInKeyPolicy"],
      [
        `arn:aws:iam::${abroad}:role/App`,
        `arn:aws:sts::${abroad}:assumed-role/App/one`,
        "NotInIdentityPolicy",
        "allowed"
      ]
    ])("%j named, %s asks: %s; with identity policy: %s", (named, asks, alone, supported) => {
      const policy = keyPolicy(to(named))
      assert.strictEqual(because(asks, policy), alone)
      assert.strictEqual(because(asks, policy, [everything()]), supported)
      assert.strictEqual(because(asks, policy, [identityPolicy(allow({ Action: "kms:Decrypt" }))]), alone)
    })
  })

  describe("without a key policy", () => {
    const asked = (principal: string, ...identityPolicies: ReadonlyArray<PolicyDocument<"IdentityPolicy">>) =>
      because(principal, undefined, identityPolicies, { action: "kms:ListKeys", resource: "*" })

    it("leaves it to identity policies, in the account", () => {
      assert.strictEqual(asked(bob), "NotInIdentityPolicy")
      assert.strictEqual(asked(bob, everything()), "allowed")
      assert.strictEqual(asked(bob, identityPolicy(allow({ Resource: key }))), "NotInIdentityPolicy")
      assert.strictEqual(asked(bob, identityPolicy(allow({ Action: "kms:ListAliases" })), everything()), "allowed")
    })

    it("allows the account's root, unless denied", () => {
      assert.deepStrictEqual(decision(root, undefined), { allowed: true, by: { _tag: "AccountRoot" } })
      assert.strictEqual(asked(root, identityPolicy(deny())), "Denied")
    })

    it("allows nobody of another account", () => {
      assert.strictEqual(asked(foreign, everything()), "OtherAccount")
      assert.strictEqual(asked(foreignRoot, everything()), "OtherAccount")
      assert.strictEqual(asked(foreign, identityPolicy(deny())), "Denied")
    })
  })

  describe("denial", () => {
    it("wins wherever it stands", () => {
      const open = allow({ Principal: "*" })
      const no = deny({ Principal: "*" })
      assert.strictEqual(because(bob, keyPolicy(open, no), [everything()]), "Denied")
      assert.strictEqual(because(bob, keyPolicy(no, open), [everything()]), "Denied")
      assert.strictEqual(because(bob, keyPolicy(open), [everything(), identityPolicy(deny())]), "Denied")
      assert.strictEqual(because(bob, keyPolicy(open), [identityPolicy(allow(), deny()), everything()]), "Denied")
      assert.strictEqual(because(root, keyPolicy(open), [identityPolicy(deny())]), "Denied")
      assert.strictEqual(because(foreign, keyPolicy(open), [everything(), identityPolicy(deny())]), "Denied")
    })

    it.each([
      [home, bob],
      [root, session],
      [root, root],
      [abroad, foreign],
      [bob, bob],
      [role, session]
    ])("of %s is one of %s", (named, asks) => {
      const policy = keyPolicy(allow({ Principal: "*" }), deny({ Principal: { AWS: named } }))
      assert.strictEqual(because(asks, policy, [everything()]), "Denied")
    })

    it.each([
      [alice, bob],
      [abroad, bob],
      [session, role],
      [bob, root]
    ])("of %s is none of %s", (named, asks) => {
      const policy = keyPolicy(allow({ Principal: "*" }), deny({ Principal: { AWS: named } }))
      assert.strictEqual(because(asks, policy), "allowed")
    })

    it("is for its action, resource and conditions only", () => {
      const policy = (members: object) => keyPolicy(allow({ Principal: "*" }), deny({ Principal: "*", ...members }))
      assert.strictEqual(because(bob, policy({ Action: "kms:Decrypt" })), "allowed")
      assert.strictEqual(because(bob, policy({ Resource: `${key}0` })), "allowed")
      assert.strictEqual(because(bob, policy({ Condition: { Bool: { "test:key": true } } })), "allowed")
      const given = { value: values({ "test:key": "true" }) }
      assert.strictEqual(because(bob, policy({ Condition: { Bool: { "test:key": true } } }), [], given), "Denied")
    })

    it.each([
      // Whom NotPrincipal spares must be named at every level: account, role.
      [[bob, home], bob, "allowed"],
      [[bob, root], bob, "allowed"],
      [[bob], bob, "Denied"],
      [[home], bob, "Denied"],
      [[home], root, "allowed"],
      [[bob], root, "Denied"],
      [[bob, home], alice, "Denied"],
      [[role, home], session, "allowed"],
      [[role, home], role, "allowed"],
      [[role], session, "Denied"],
      [[session, home], session, "Denied"],
      [[session, role, home], session, "allowed"],
      [[bob, abroad], bob, "Denied"],
      ["*", bob, "allowed"],
      [[], bob, "Denied"]
    ])("of all but %j, asked by %s: %s", (AWS, asks, expected) => {
      const policy = keyPolicy(allow({ Principal: "*" }), deny({ NotPrincipal: { AWS } }))
      assert.strictEqual(because(asks, policy), expected)
    })
  })

  describe("actions", () => {
    const may = (members: object, action: string) =>
      because(bob, keyPolicy({ Effect: "Allow", Principal: "*", Resource: "*", ...members }), [], { action }) ===
        "allowed"

    it.each([
      ["*", "kms:Encrypt", true],
      ["*:*", "kms:Encrypt", true],
      ["kms:*", "kms:Encrypt", true],
      ["kms:*", "s3:GetObject", false],
      ["s3:*", "kms:Encrypt", false],
      ["kms:Encrypt", "kms:Encrypt", true],
      ["KMS:ENCRYPT", "kms:Encrypt", true],
      ["kms:encrypt", "KMS:ENCRYPT", true],
      ["kms:Encrypt", "kms:EncryptMore", false],
      ["kms:Encrypt", "kms:ReEncrypt", false],
      ["kms:ReEncrypt*", "kms:ReEncryptFrom", true],
      ["kms:REENCRYPT*", "kms:ReEncryptTo", true],
      ["kms:ReEncrypt*", "kms:Encrypt", false],
      ["kms:*Key", "kms:DescribeKey", true],
      ["kms:*Key", "kms:DescribeKeys", false],
      ["kms:G*Key*", "kms:GenerateDataKeyPair", true],
      ["kms:?ncrypt", "kms:Encrypt", true],
      ["kms:?ncrypt", "kms:Reencrypt", false],
      ["kms:?ncrypt*", "kms:EncryptX", true],
      ["kms:E?crypt*", "kms:Decrypt", false],
      [["kms:Decrypt", "kms:Encrypt"], "kms:Encrypt", true],
      [["kms:D*", "kms:E*"], "kms:Encrypt", true],
      [["kms:D?crypt", "kms:?ncrypt"], "kms:Encrypt", true],
      [["kms:Decrypt", "kms:D*", "kms:?ecrypt"], "kms:Encrypt", false],
      [[], "kms:Encrypt", false]
    ])("%j has %s: %s", (list, action, has) => {
      assert.strictEqual(may({ Action: list }, action), has)
      assert.strictEqual(may({ NotAction: list }, action), !has)
    })
  })

  describe("resources", () => {
    const arn = (rest: string) => `arn:aws:kms:${rest}`
    const may = (members: object, resource: string, principal = bob) =>
      because(principal, keyPolicy({ Effect: "Allow", Principal: "*", Action: "*", ...members }), [], { resource }) ===
        "allowed"

    it.each([
      ["*", key, true],
      ["*", "*", true],
      [key, key, true],
      [key, "*", false],
      [key, key.toUpperCase(), false],
      [key, `${key}0`, false],
      [arn(`*:${home}:key/*`), key, true],
      [arn(`eu-*:${home}:key/1234*`), key, true],
      [arn(`us-*:${home}:key/*`), key, false],
      [arn(`eu-west-?:${home}:key/*`), key, true],
      [arn(`*:${abroad}:key/*`), key, false],
      [arn(`*:${home}:alias/*`), key, false],
      // Parts that are left out may be anything.
      ["arn:aws:kms", key, true],
      ["arn:aws:kms:eu-west-1", key, true],
      [arn(`eu-west-1:${home}`), key, true],
      [arn(`eu-west-1:${abroad}`), key, false],
      [arn("us-east-1"), key, false],
      ["arn:aws:s3", key, false],
      ["arn:aws:kms:", "arn:aws:kms::1:x", true],
      [arn(`eu-west-1:${home}:`), key, false],
      [[arn("x:1:key/1"), key], key, true],
      [[], key, false],
      [arn(`*:${home}:alias/\${aws:username}`), arn(`eu-west-1:${home}:alias/Bob`), true],
      [arn(`*:${home}:alias/\${aws:username}`), arn(`eu-west-1:${home}:alias/Eve`), false],
      [arn(`*:${home}:alias/\${aws:PrincipalTag/none}`), arn(`eu-west-1:${home}:alias/`), false],
      [arn(`*:${home}:alias/\${aws:PrincipalTag/none, 'x'}*`), arn(`eu-west-1:${home}:alias/xyz`), true],
      [arn(`*:${home}:alias/a\${*}`), arn(`eu-west-1:${home}:alias/a*`), true],
      [arn(`*:${home}:alias/a\${*}`), arn(`eu-west-1:${home}:alias/ab`), false]
    ])("%j names %s: %s", (list, resource, names) => {
      assert.strictEqual(may({ Resource: list }, resource), names)
      assert.strictEqual(may({ NotResource: list }, resource), !names)
    })
  })

  describe("the verdict", () => {
    const first = to(alice, { Sid: "First" })
    const second = to([bob, root], { Sid: "Second" })
    const third = deny({ Principal: "*", Action: "kms:Decrypt" })
    const policy = () => keyPolicy(first, second, third)
    const statement = (index: number, sid?: string) => sid === undefined ? { index } : { index, sid }

    it("names the statement of the key policy that allows", () => {
      assert.deepStrictEqual(decision(bob, policy(), [everything()]), {
        allowed: true,
        by: { _tag: "Statement", source: { policy: "KeyPolicy", statement: statement(1, "Second") } }
      })
      assert.deepStrictEqual(decision(foreignRoot, keyPolicy(first, to(abroad)), []), {
        allowed: true,
        by: { _tag: "Statement", source: { policy: "KeyPolicy", statement: statement(1) } }
      })
    })

    it("names the statement of the identity policy that allows", () => {
      const none = identityPolicy(allow({ Action: "s3:*" }))
      const some = identityPolicy(allow({ Action: "s3:*" }), allow({ Sid: "Mine" }), allow({ Sid: "Late" }))
      assert.deepStrictEqual(decision(session, policy(), [none, some]), {
        allowed: true,
        by: { _tag: "Statement", source: { policy: "IdentityPolicy", document: 1, statement: statement(1, "Mine") } }
      })
    })

    it("names the statement that denies, the key policy's first", () => {
      const no = identityPolicy(allow(), deny({ Sid: "No" }))
      assert.deepStrictEqual(decision(bob, policy(), [everything(), no]), {
        allowed: false,
        because: { _tag: "Denied", source: { policy: "IdentityPolicy", document: 1, statement: statement(1, "No") } }
      })
      assert.deepStrictEqual(decision(bob, policy(), [no], { action: "kms:Decrypt" }), {
        allowed: false,
        because: { _tag: "Denied", source: { policy: "KeyPolicy", statement: statement(2) } }
      })
    })

    it("says what is missing", () => {
      const no = (tag: string) => ({ allowed: false, because: { _tag: tag } })
      assert.deepStrictEqual<unknown>(decision(session, keyPolicy(first), [everything()]), no("NotInKeyPolicy"))
      assert.deepStrictEqual<unknown>(decision(session, policy()), no("NotInIdentityPolicy"))
      assert.deepStrictEqual<unknown>(decision(foreign, undefined, [everything()]), no("OtherAccount"))
      assert.deepStrictEqual<unknown>(decision("Bob", policy(), [everything()]), no("UnknownPrincipal"))
      assert.deepStrictEqual<unknown>(decision("*", keyPolicy(allow({ Principal: "*" }))), no("UnknownPrincipal"))
    })
  })

  it("asks for no more condition keys than it needs", () => {
    const asked: Array<string> = []
    const value = (name: string) => {
      asked.push(name)
      return undefined
    }
    const condition = (name: string) => ({ Condition: { StringEquals: { [`Test:${name}`]: "x" } } })
    const policy = keyPolicy(
      to(alice, condition("Other")),
      to(bob, { Action: "kms:Decrypt", ...condition("Action") }),
      to(bob, { Resource: `${key}0`, ...condition("Resource") }),
      to(bob, { Condition: { StringEquals: { "test:First": "x", "test:Second": "y" } } }),
      to(bob),
      to(bob, condition("Late"))
    )
    assert.strictEqual(because(bob, policy, [identityPolicy(allow(condition("Mine")))], { value }), "allowed")
    assert.deepStrictEqual(asked, ["test:first"])
  })

  it("answers from the caller what tells of the caller", () => {
    const policy = keyPolicy(to(home, {
      Condition: {
        StringEquals: { "aws:PrincipalTag/team": "blue", "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
        ArnEquals: { "aws:PrincipalArn": role }
      }
    }))
    const value = values({ "aws:principaltag/team": "blue", "kms:viaservice": "s3.eu-west-1.amazonaws.com" })
    const caller = { principal: session, identityPolicies: [everything()] }
    const may = (more: object) => ask({ ...caller, ...more }, { resourcePolicy: policy, value }).allowed
    const viaService = "s3.eu-west-1.amazonaws.com"
    assert.isTrue(may({ tags: { Team: "blue" }, viaService }))
    assert.isFalse(may({ tags: { Team: "red" }, viaService }))
    assert.isFalse(may({ tags: { Team: "blue" } }))
    assert.isFalse(may({ viaService }))
    assert.isFalse(may({ tags: { Team: "blue" }, viaService, principal: bob }))
  })
})
