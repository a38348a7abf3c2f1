import { assert, describe, it } from "@effect/vitest"
import { type Access, accessFor, lockout, whoCan } from "@keystead/core/authorization/Analysis"
import { evaluate } from "@keystead/core/authorization/Evaluate"
import { defaultKeyPolicy } from "@keystead/core/authorization/KeyPolicy"
import { parseIdentityPolicy, parseKeyPolicy } from "@keystead/core/authorization/Policy"
import * as KeyPolicy from "@keystead/core/domain/KeyPolicy"
import { defaultLimits } from "@keystead/core/domain/Limits"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { abroad, alice, allow, bob, deny, document, home, key, role, root, session } from "./Support.ts"
import { foreign, foreignRoot, keyStatement, type World, world } from "./Worlds.ts"

const parsed = (text: string) => ({
  resource: key,
  resourceAccount: home,
  resourcePolicy: Result.getOrThrow(parseKeyPolicy(text))
})
const policy = (...statements: ReadonlyArray<unknown>) => parsed(document(statements))
const to = (AWS: unknown, members: object = {}) => allow({ Principal: { AWS }, ...members })
const not = (AWS: unknown, members: object = {}) => deny({ Principal: { AWS }, ...members })

/** Callers of every kind: named by the policies of these tests or not, sessions of roles with a path, strangers. */
const callers = [
  root,
  bob,
  alice,
  role,
  session,
  `arn:aws:sts::${home}:assumed-role/App/two`,
  `arn:aws:iam::${home}:role/path/App`,
  `arn:aws:iam::${home}:user/nobody`,
  `arn:aws:sts::${home}:federated-user/Fred`,
  foreign,
  foreignRoot,
  `arn:aws:iam::${abroad}:user/nobody`,
  "arn:aws:iam::777788889999:root",
  "arn:aws:iam::777788889999:user/nobody"
]

const runs = { numRuns: 500 }

const someone = fc.constantFrom(...callers, "*", home)

/** More names than the other properties have, and statements broad enough to decide about everything. */
const statements = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom(to, to, not), someone).map(([make, who]) => make([who])),
    fc.tuple(keyStatement(), someone).map(([statement, more]) => {
      const name = Object.hasOwn(statement, "NotPrincipal") ? "NotPrincipal" : "Principal"
      return { ...statement, [name]: { AWS: [more, bob] } }
    }),
    keyStatement()
  ),
  { minLength: 1, maxLength: 4 }
)

const asked = fc.record({
  statements,
  world,
  principal: fc.constantFrom(...callers),
  viaService: fc.constantFrom(undefined, "s3.eu-west-1.amazonaws.com")
})

interface Asked {
  readonly statements: ReadonlyArray<object>
  readonly world: World
  readonly principal: string
  readonly viaService: string | undefined
}

const identityPolicies = ({ world }: Asked) =>
  world.identityPolicies.map((one) => Result.getOrThrow(parseIdentityPolicy(document(one))))

const decide = (question: Asked, action: string, own = identityPolicies(question)) =>
  evaluate({
    ...policy(...question.statements),
    action,
    value: question.world.question.value,
    caller: {
      principal: question.principal,
      identityPolicies: own,
      ...(question.viaService === undefined ? {} : { viaService: question.viaService })
    }
  })

const accessOf = ({ principal, statements }: Asked, action: string): Access => {
  const access = accessFor(whoCan(action, policy(...statements)), principal)
  assert(access !== undefined)
  return access
}

describe("whoCan", () => {
  it("says never only of those whom no request and no identity policy would let in", () => {
    fc.assert(
      fc.property(asked, (question) => {
        const { action } = question.world.question
        const verdict = decide(question, action)
        const access = accessOf(question, action)
        if (!verdict.allowed) return
        assert.notStrictEqual(access.answer, "Never")
        // And the statement that let them in is among those that can.
        assert(verdict.by._tag === "Statement")
        const { policy, statement } = verdict.by.source
        const found = access.allowedBy.find((part) => part.statement.index === statement.index)
        if (policy === "KeyPolicy") assert.isDefined(found)
        else assert.isTrue(access.allowedBy.some(({ needsIdentityPolicy }) => needsIdentityPolicy))
      }),
      runs
    )
  })

  it("says always only of those whom the key policy alone lets in, whatever the request", () => {
    fc.assert(
      fc.property(asked, (question) => {
        const { action } = question.world.question
        if (accessOf(question, action).answer === "Always") assert.isTrue(decide(question, action, []).allowed)
      }),
      runs
    )
  })

  it("names the statement that denies, and no statement that cannot", () => {
    fc.assert(
      fc.property(asked, (question) => {
        const { action } = question.world.question
        const verdict = decide(question, action, [])
        if (verdict.allowed || verdict.because._tag !== "Denied") return
        const { index } = verdict.because.source.statement
        assert.isTrue(accessOf(question, action).deniedBy.some(({ statement }) => statement.index === index))
      }),
      runs
    )
  })

  it("is open to each answer in these tests", () => {
    const answers = fc.sample(asked, { numRuns: 400, seed: 1 }).map((one) => accessOf(one, "kms:Encrypt").answer)
    for (const answer of ["Always", "Sometimes", "Never"] as const) {
      assert.isAbove(answers.filter((one) => one === answer).length, 20, answer)
    }
  })

  const answers = (key: ReturnType<typeof policy>, action = "kms:Encrypt") =>
    whoCan(action, key).map(({ answer, who }) =>
      `${who._tag === "Principal" ? who.arn : who._tag}${"account" in who ? ` ${who.account}` : ""}: ${answer}`
    )

  it("knows of the default key policy that the account's root can, and others by their identity policies", () => {
    const all = whoCan("kms:Encrypt", parsed(defaultKeyPolicy(home)))
    const part = { statement: { index: 0, sid: "Enable IAM User Permissions" }, conditions: [] }
    assert.deepStrictEqual(all, [
      {
        who: { _tag: "Root", account: home },
        answer: "Always",
        allowedBy: [{ ...part, needsIdentityPolicy: false }],
        deniedBy: []
      },
      {
        who: { _tag: "OthersOf", account: home },
        answer: "Sometimes",
        allowedBy: [{ ...part, needsIdentityPolicy: true }],
        deniedBy: []
      },
      { who: { _tag: "EveryoneElse" }, answer: "Never", allowedBy: [], deniedBy: [] }
    ])
  })

  it("tells under which conditions, where they do not follow from who calls", () => {
    const Condition = {
      StringEquals: { "kms:CallerAccount": home, "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
      ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:user/*" }
    }
    const [access] = whoCan("kms:Encrypt", policy(to(bob, { Sid: "s3", Condition }), not(alice)))
    assert.deepStrictEqual(access, {
      who: { _tag: "Principal", arn: bob },
      answer: "Sometimes",
      allowedBy: [{
        statement: { index: 0, sid: "s3" },
        conditions: [{ operator: "StringEquals", key: "kms:ViaService", wanted: ["s3.eu-west-1.amazonaws.com"] }],
        needsIdentityPolicy: false
      }],
      deniedBy: []
    })
    assert.include(answers(policy(to(bob, { Condition: { ArnLike: { "aws:PrincipalArn": alice } } }))), `${bob}: Never`)
  })

  it("takes a role with its path and its sessions for one, and a session that is named for another", () => {
    const withPath = `arn:aws:iam::${home}:role/path/App`
    const key = policy(to(withPath), not(session))
    assert.strictEqual(accessFor(whoCan("kms:Encrypt", key), session)?.answer, "Never")
    const other = `arn:aws:sts::${home}:assumed-role/App/two`
    assert.strictEqual(accessFor(whoCan("kms:Encrypt", key), other)?.answer, "Always")
    assert.deepStrictEqual(answers(key), [
      `${withPath}: Always`,
      `${session}: Never`,
      `Root ${home}: Never`,
      `OthersOf ${home}: Never`,
      "EveryoneElse: Never"
    ])
    // Sessions do not know their role's path.
    const pathless = { ArnEquals: { "aws:PrincipalArn": withPath } }
    assert.include(answers(policy(to(withPath, { Condition: pathless }))), `${withPath}: Sometimes`)
  })

  it("knows that another account needs both sides, but for its root", () => {
    assert.deepStrictEqual(answers(policy(to([abroad, foreign]))), [
      `${foreign}: Sometimes`,
      `Root ${home}: Never`,
      `OthersOf ${home}: Never`,
      `Root ${abroad}: Always`,
      `OthersOf ${abroad}: Sometimes`,
      "EveryoneElse: Never"
    ])
    assert.include(answers(policy(to("*"))), "EveryoneElse: Sometimes")
  })

  it("knows no one whose ARN is none", () => {
    assert.isUndefined(accessFor(whoCan("kms:Encrypt", policy(to("*"))), "nobody"))
  })
})

const putKeyPolicy = "kms:PutKeyPolicy"

/** Policies that often speak of kms:PutKeyPolicy. */
const managing = asked.map((question): Asked => ({
  ...question,
  statements: question.statements.map((one, index) =>
    index % 2 === 0 && Object.hasOwn(one, "Action") ? { ...one, Action: [putKeyPolicy, "kms:Get*"] } : one
  )
}))

describe("lockout", () => {
  it("says that everyone is locked out only if nobody of the account is let in by any request", () => {
    fc.assert(
      fc.property(managing, (question) => {
        const { _tag } = lockout(policy(...question.statements))
        if (_tag !== "Denied" && _tag !== "NotAllowed") return
        const verdict = decide(question, putKeyPolicy)
        assert.isTrue(!verdict.allowed || !question.principal.includes(home))
      }),
      runs
    )
  })

  it("says that it is open only if somebody of the account is let in by every request", () => {
    fc.assert(
      fc.property(managing, (question) => {
        const found = lockout(policy(...question.statements))
        if (found._tag !== "Open") return
        const who = found.remaining.find(({ answer }) => answer === "Always")?.who
        assert(who !== undefined)
        const principal = who._tag === "Principal"
          ? who.arn
          : who._tag === "Root"
          ? root
          : `arn:aws:iam::${home}:user/somebody-else`
        assert.isTrue(decide({ ...question, principal }, putKeyPolicy, []).allowed)
      }),
      runs
    )
  })

  it("agrees with the check of PutKeyPolicy: what locks everyone out, nobody can put", () => {
    fc.assert(
      fc.property(managing, (question) => {
        const { _tag } = lockout(policy(...question.statements))
        if (_tag !== "Denied" && _tag !== "NotAllowed") return
        const caller = { principal: question.principal, identityPolicies: identityPolicies(question) }
        const place = { account: home, region: "eu-west-1" }
        const [keyId = ""] = key.split("/").slice(-1)
        const request = { ...place, caller, requestId: "", now: 0, limits: defaultLimits }
        const checked = KeyPolicy.check(document(question.statements), keyId, request, false)
        assert.isTrue(Result.isFailure(checked) || !question.principal.includes(home))
      }),
      runs
    )
  })

  it("tells the reason", () => {
    const tag = (...statements: ReadonlyArray<unknown>) => lockout(policy(...statements))._tag
    assert.strictEqual(lockout(parsed(defaultKeyPolicy(home)))._tag, "Open")
    assert.strictEqual(tag(to(bob)), "Open")
    assert.strictEqual(tag(to(bob, { Action: "kms:Encrypt" })), "NotAllowed")
    assert.strictEqual(tag(to(foreign)), "NotAllowed")
    assert.strictEqual(tag(to(bob, { Resource: "arn:aws:kms:*:*:alias/*" })), "NotAllowed")
    assert.strictEqual(tag(allow({ Principal: "*", Resource: undefined })), "NotAllowed")
    assert.strictEqual(tag(to(bob, { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } })), "Conditional")
    assert.strictEqual(
      tag(to(root), not("*", { Condition: { StringEquals: { "aws:PrincipalAccount": abroad } } })),
      "Open"
    )
    // Without the account, NotPrincipal spares nobody.
    assert.strictEqual(tag(to(root), deny({ NotPrincipal: { AWS: bob } })), "Denied")
    assert.strictEqual(tag(to(home), deny({ NotPrincipal: { AWS: [bob, home] } })), "Open")
    const denied = lockout(policy(to(root), deny({ Sid: "no", Principal: "*", Action: "kms:Put*" })))
    assert(denied._tag === "Denied")
    assert.deepStrictEqual([...new Set(denied.deniedBy.map(({ statement }) => statement.sid))], ["no"])
  })
})
