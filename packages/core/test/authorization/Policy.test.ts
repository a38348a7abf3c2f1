import { assert, describe, it } from "@effect/vitest"
import { longestPolicy, parseIdentityPolicy, parseKeyPolicy } from "@keystead/core/authorization/Policy"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { bob, document, home, problem, role } from "./Support.ts"

const statement = { Sid: "One", Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" }
const { Principal: _, ...identityStatement } = statement

const without = (name: string) => Object.fromEntries(Object.entries(statement).filter(([key]) => key !== name))

const accepts = (text: string) => Result.isSuccess(parseKeyPolicy(text))
const acceptsIdentity = (text: string) => Result.isSuccess(parseIdentityPolicy(text))

const malformed = (text: string, message: string, kind: "key" | "identity" = "key") => {
  assert.deepStrictEqual(problem(text, kind), { _tag: "MalformedPolicyDocumentException", message })
}

describe("Policy", () => {
  it("sorts statements by effect, knows them by place and Sid, and says its kind", () => {
    const policy = Result.getOrThrow(parseKeyPolicy(document([{ ...statement, Effect: "Deny" }, without("Sid")])))
    assert.strictEqual(policy.kind, "KeyPolicy")
    assert.deepStrictEqual(policy.denials.map(({ label }) => label), [{ index: 0, sid: "One" }])
    assert.deepStrictEqual(policy.allowances.map(({ label }) => label), [{ index: 1 }])
    const identity = Result.getOrThrow(parseIdentityPolicy(document(identityStatement)))
    assert.strictEqual(identity.kind, "IdentityPolicy")
    assert.strictEqual(identity.allowances.length, 1)
  })

  it("leaves statements without an effect out, in a key policy only", () => {
    for (const name of ["Action", "Resource"]) {
      const policy = Result.getOrThrow(parseKeyPolicy(document([without(name), { ...without(name), Effect: "Deny" }])))
      assert.deepStrictEqual([policy.allowances.length, policy.denials.length], [0, 0])
      const { Principal: _, ...identity } = without(name) as { Principal?: unknown }
      malformed(document(identity), `Statement[0] "One": ${name} is missing.`, "identity")
    }
  })

  it("takes one statement for a list of one, and any order of members", () => {
    assert.isTrue(accepts(document(statement)))
    assert.isTrue(accepts(JSON.stringify({ Statement: [statement], Id: "x", Version: "2008-10-17" })))
    assert.isTrue(accepts(JSON.stringify({ Statement: [statement] })))
    assert.isTrue(accepts(document({ ...statement, Sid: "a b!", Condition: {} })))
    assert.isTrue(accepts(document({ ...statement, Sid: "" })))
  })

  it.each([
    "*",
    { AWS: "*" },
    { AWS: home },
    { AWS: bob },
    { AWS: [bob, role, home, "*"] },
    { AWS: `arn:aws-cn:sts::${home}:assumed-role/App/one` },
    { AWS: `arn:aws:sts::${home}:federated-user/Fred` },
    { AWS: [] },
    {},
    { Service: "logs.eu-west-1.amazonaws.com", Federated: ["cognito-identity.amazonaws.com"], CanonicalUser: "79a5" }
  ])("takes the principal %j", (Principal) => {
    assert.isTrue(accepts(document({ ...statement, Principal })))
    const { Principal: _, ...rest } = statement
    assert.isTrue(accepts(document({ ...rest, Effect: "Deny", NotPrincipal: Principal })))
  })

  it.each(["*", "*:*", "kms:*", "KMS:encrypt", "kms:Re?ncrypt*", "s3:GetObject", "aws-portal:View*", [], [
    "kms:Encrypt",
    "*"
  ]])(
    "takes the action %j",
    (Action) => {
      assert.isTrue(accepts(document({ ...statement, Action })))
      assert.isTrue(acceptsIdentity(document({ ...identityStatement, Action })))
      const { Action: _, ...rest } = statement
      assert.isTrue(accepts(document({ ...rest, NotAction: Action })))
    }
  )

  it.each([
    "*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:kms",
    [],
    ["*", "arn:aws:s3:::b/${aws:username}"],
    "arn:aws:s3:::${*}"
  ])(
    "takes the resource %j",
    (Resource) => {
      assert.isTrue(accepts(document({ ...statement, Resource })))
      const { Resource: _, ...rest } = statement
      assert.isTrue(accepts(document({ ...rest, NotResource: Resource })))
    }
  )

  const refused: ReadonlyArray<readonly [string, string]> = [
    ["", "The policy is empty."],
    ["{", "The policy is not valid JSON."],
    ["nonsense", "The policy is not valid JSON."],
    ["[]", "The policy must be a JSON object."],
    ["null", "The policy must be a JSON object."],
    [`"x"`, "The policy must be a JSON object."],
    ["1", "The policy must be a JSON object."],
    ["{}", "The policy needs at least one Statement."],
    [document([]), "The policy needs at least one Statement."],
    [
      JSON.stringify({ Version: "2012-10-18", Statement: [statement] }),
      `Version must be "2012-10-17" or "2008-10-17".`
    ],
    [JSON.stringify({ Version: null, Statement: [statement] }), `Version must be "2012-10-17" or "2008-10-17".`],
    [JSON.stringify({ Id: 1, Statement: [statement] }), "Id must be a string."],
    [JSON.stringify({ statement: [statement] }), `"statement" is no element of a policy.`],
    [`{"__proto__":{"Statement":[]}}`, `"__proto__" is no element of a policy.`],
    [JSON.stringify({ ["x".repeat(65)]: 1 }), `"${"x".repeat(64)}…" is no element of a policy.`],
    [JSON.stringify({ ["x".repeat(64)]: 1 }), `"${"x".repeat(64)}" is no element of a policy.`],
    [document("x"), "Statement[0] must be an object."],
    [document([statement, null]), "Statement[1] must be an object."],
    [document([statement, []]), "Statement[1] must be an object."],
    [document({ ...statement, Sid: 1 }), "Statement[0]: Sid must be a string."],
    [
      document([statement, { ...statement, effect: "Deny" }]),
      `Statement[1] "One": "effect" is no element of a statement.`
    ],
    [document(without("Effect")), `Statement[0] "One": Effect must be "Allow" or "Deny".`],
    [document({ ...statement, Effect: "allow" }), `Statement[0] "One": Effect must be "Allow" or "Deny".`],
    [document(without("Principal")), `Statement[0] "One": A statement of a key policy needs a Principal.`],
    [
      document({ ...statement, NotPrincipal: "*" }),
      `Statement[0] "One": Principal and NotPrincipal exclude each other.`
    ],
    [
      document({ ...without("Principal"), NotPrincipal: { AWS: bob } }),
      `Statement[0] "One": NotPrincipal is only for "Effect": "Deny". Name those who are allowed, as Principal.`
    ],
    [document({ ...statement, NotAction: "*" }), `Statement[0] "One": Action and NotAction exclude each other.`],
    [document({ ...statement, NotResource: "*" }), `Statement[0] "One": Resource and NotResource exclude each other.`],
    [document({ ...statement, Action: 1 }), `Statement[0] "One": Action: must be a string or an array of strings.`],
    [
      document({ ...statement, Action: ["*", null] }),
      `Statement[0] "One": Action: must be a string or an array of strings.`
    ],
    [
      document({ ...without("Resource"), NotResource: {} }),
      `Statement[0] "One": NotResource: must be a string or an array of strings.`
    ],
    ...["Encrypt", "", "kms:", ":Encrypt", "kms:En crypt", "kms:a:b", "kms:Encrypt!", "!kms:Encrypt", "kms*"].map((
      Action
    ) =>
      [
        document({ ...statement, Action }),
        `Statement[0] "One": Action: ${
          JSON.stringify(Action)
        } must be * or have the form service:action, as kms:Encrypt.`
      ] as const
    ),
    [
      document({ ...without("Action"), NotAction: "x" }),
      `Statement[0] "One": NotAction: "x" must be * or have the form service:action, as kms:Encrypt.`
    ],
    ...["", "key/x", "**", "arn", "x*"].map((Resource) =>
      [
        document({ ...statement, Resource }),
        `Statement[0] "One": Resource: ${JSON.stringify(Resource)}: must be * or an ARN.`
      ] as const
    ),
    ...["arn:aws:kms:eu-west-1:${aws:PrincipalAccount}:key/x", "arn:${*}", "arn:aws:kms:eu-west-1:1${a:b}:key/x:y:z"]
      .map((Resource) =>
        [
          document({ ...statement, Resource }),
          `Statement[0] "One": Resource: ${
            JSON.stringify(Resource)
          }: policy variables belong after the fifth colon of an ARN.`
        ] as const
      ),
    [
      document({ ...statement, Resource: "arn:aws:s3:::${x" }),
      "Statement[0] \"One\": Resource: \"arn:aws:s3:::${x\": a policy variable is not closed; write ${$} for the character $."
    ],
    [
      document({ ...statement, Principal: bob }),
      `Statement[0] "One": Principal: must be "*" or an object, as {"AWS": "arn:aws:iam::111122223333:root"}.`
    ],
    [
      document({ ...statement, Principal: ["*"] }),
      `Statement[0] "One": Principal: must be "*" or an object, as {"AWS": "arn:aws:iam::111122223333:root"}.`
    ],
    [
      document({ ...without("Principal"), Effect: "Deny", NotPrincipal: null }),
      `Statement[0] "One": NotPrincipal: must be "*" or an object, as {"AWS": "arn:aws:iam::111122223333:root"}.`
    ],
    [
      document({ ...statement, Principal: { aws: "*" } }),
      `Statement[0] "One": Principal: "aws" is no kind of principal; the kinds are AWS, Service, Federated and CanonicalUser.`
    ],
    [
      document({ ...statement, Principal: { Service: 1 } }),
      `Statement[0] "One": Principal: Service must be a string or an array of strings.`
    ],
    [
      document({ ...statement, Principal: { AWS: [1] } }),
      `Statement[0] "One": Principal: AWS must be a string or an array of strings.`
    ],
    ...[
      "11112222333",
      "1111222233334",
      "x111122223333",
      "",
      "Bob",
      `arn:aws:iam::${home}:user/*`,
      "arn:aws:iam::*:root"
    ].map((AWS) =>
      [
        document({ ...statement, Principal: { AWS: ["*", AWS] } }),
        `Statement[0] "One": Principal: ${
          JSON.stringify(AWS)
        } must be *, a twelve-digit account id, or the ARN of a root, ` +
        "user, role, or session, in which wildcards have no meaning."
      ] as const
    ),
    [
      "{\"a\": \"\u0100\"}",
      "The policy has a character outside U+0020 to U+00FF. Write it as a JSON escape, as \\u2026."
    ],
    [
      "{\"a\": \"\u001f\"}",
      "The policy has a character outside U+0020 to U+00FF. Write it as a JSON escape, as \\u2026."
    ]
  ]

  it.each(refused)("refuses %j", (text, message) => {
    malformed(text, message)
  })

  it("gives an identity policy no Principal", () => {
    const message = `Statement[0] "One": An identity policy has no Principal: it speaks of whom it is attached to.`
    malformed(document(statement), message, "identity")
    malformed(document({ ...identityStatement, NotPrincipal: "*" }), message, "identity")
  })

  it("takes the characters that the API model allows", () => {
    const { Sid: _, ...rest } = statement
    assert.isTrue(accepts(`\t\r\n ${document({ Sid: "\u00ff~ ", ...rest })}`))
    assert.isFalse(accepts(document({ Sid: "\u0100", ...rest })))
    assert.isFalse(accepts(`\u000b${document(rest)}`))
    assert.isTrue(accepts(document({ Sid: "x", ...rest }).replace("x", String.raw`\ud83d\u2026`)))
  })

  it("counts bytes, up to 32,768", () => {
    const fill = (character: string, bytes: number) => {
      const empty = document({ ...statement, Sid: "" }).length
      const length = (bytes - empty) / (character < "\u0080" ? 1 : 2)
      return document({ ...statement, Sid: character.repeat(length) })
    }
    assert.strictEqual(longestPolicy, 32_768)
    const even = document({ ...statement, Sid: "" }).length % 2
    for (const character of ["x", "\u007f", "\u0080", "\u00ff"]) {
      const room = character < "\u0080" ? 32_768 : 32_768 - even
      assert.isTrue(accepts(fill(character, room)), `${character} at the limit`)
      const { _tag, message } = problem(fill(character, room + 2))
      assert.strictEqual(_tag, "LimitExceededException")
      assert.strictEqual(message, "The policy is longer than 32768 bytes. Shorten it.")
    }
    assert.strictEqual(problem(fill("x", 32_769))._tag, "LimitExceededException")
    assert.strictEqual(problem("\u0100".repeat(40_000))._tag, "LimitExceededException")
  })

  it("takes the last of members that share a name, as JSON.parse does", () => {
    const text = `{"Statement":[],"Statement":[${JSON.stringify(statement)}]}`
    assert.isTrue(accepts(text))
    assert.isFalse(accepts(`{"Statement":[${JSON.stringify(statement)}],"Statement":[]}`))
  })

  it("keeps its feet when nesting is deep", () => {
    const deep = 16_000
    const text = `{"Statement":${"[".repeat(deep)}${"]".repeat(deep)}}`
    assert.strictEqual(problem(text).message, "Statement[0] must be an object.")
    assert.strictEqual(problem(`{"Statement":${"[".repeat(deep)}`).message, "The policy is not valid JSON.")
  })

  it("quotes nothing of what it cannot read", () => {
    assert.notInclude(problem(`{"Statement": hunter2}`).message, "hunter2")
  })

  it("never throws, whatever the text", () => {
    const read = (text: string) => {
      assert.isTrue(Result.isResult(parseKeyPolicy(text)))
      assert.isTrue(Result.isResult(parseIdentityPolicy(text)))
    }
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), read), { numRuns: 300 })
    fc.assert(fc.property(fc.json(), read), { numRuns: 300 })
    const word = fc.constantFrom(
      "Allow",
      "Deny",
      "*",
      "kms:*",
      "arn:aws:kms:::",
      "${aws:username}",
      "${",
      "true",
      home,
      bob,
      "1",
      "__proto__",
      "AWS",
      "StringLike",
      "ForAllValues:Bool",
      "Null",
      "aws:x",
      "2012-10-17",
      "constructor",
      "hasOwnProperty"
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        word,
        fc.constantFrom(null, 1, true),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(word, tie("value"), { maxKeys: 3 })
      )
    }))
    const member = fc.constantFrom(
      "Sid",
      "Effect",
      "Principal",
      "NotPrincipal",
      "Action",
      "NotAction",
      "Resource",
      "NotResource",
      "Condition"
    )
    const nearly = fc.record({
      Statement: fc.array(
        fc.tuple(fc.dictionary(member, value), fc.boolean()).map(([odd, start]) =>
          start ? { ...statement, ...odd } : odd
        ),
        { maxLength: 3 }
      )
    })
    fc.assert(fc.property(nearly, (document) => read(JSON.stringify(document))), { numRuns: 1000 })
  })
})
