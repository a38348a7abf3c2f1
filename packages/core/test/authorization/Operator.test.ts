import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { bob, holds, session } from "./Support.ts"

const test = (operator: string, policy: unknown, request: string): boolean =>
  holds({ [operator]: { "test:key": policy } }, { "test:key": request })

/** Operator and its negation, the policy's value, the request's value, whether they fit. */
type Row = readonly [string, string, unknown, string, boolean]

const strings: ReadonlyArray<Row> = [
  ["StringEquals", "StringNotEquals", "queue", "queue", true],
  ["StringEquals", "StringNotEquals", "queue", "Queue", false],
  ["StringEquals", "StringNotEquals", "que*", "queue", false],
  ["StringEquals", "StringNotEquals", "que*", "que*", true],
  ["StringEquals", "StringNotEquals", "", "", true],
  ["StringEquals", "StringNotEquals", "", "a", false],
  ["StringEquals", "StringNotEquals", ["a", "b"], "b", true],
  ["StringEquals", "StringNotEquals", ["a", "b"], "c", false],
  ["StringEquals", "StringNotEquals", [], "", false],
  ["StringEquals", "StringNotEquals", 12, "12", true],
  ["StringEquals", "StringNotEquals", true, "true", true],
  ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "QUEUE", "queue", true],
  ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "queue", "QUEUE", true],
  ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "queue", "queues", false],
  ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "q*", "queue", false],
  ["StringLike", "StringNotLike", "que*", "queue", true],
  ["StringLike", "StringNotLike", "que*", "Queue", false],
  ["StringLike", "StringNotLike", "q?eue", "queue", true],
  ["StringLike", "StringNotLike", "*e", "queue", true],
  ["StringLike", "StringNotLike", "*x", "queue", false],
  ["StringLike", "StringNotLike", "queue", "queue", true],
  ["StringLike", "StringNotLike", "queue", "queues", false],
  ["StringLike", "StringNotLike", "*", "", true],
  ["StringLike", "StringNotLike", "", "", true],
  ["StringLike", "StringNotLike", ["a*", "b*"], "bc", true],
  ["StringLike", "StringNotLike", ["a*", "b*"], "ca", false],
  ["StringLike", "StringNotLike", "a*b*", "aXbY", true],
  ["StringLike", "StringNotLike", "a?b*", "aXXb", false],
  // The example of the IAM User Guide on ARN operators.
  ["StringLike", "StringNotLike", "arn:aws:s:*:1:f/*", "arn:aws:s:us-east-2:9:store/abc:1:f/d.txt", true]
]

const arns: ReadonlyArray<Row> = ["Equals", "Like"].flatMap((name): ReadonlyArray<Row> => {
  const [operator, negation] = [`Arn${name}`, `ArnNot${name}`]
  return [
    [operator, negation, "arn:aws:sns:eu-west-1:1:topic", "arn:aws:sns:eu-west-1:1:topic", true],
    [operator, negation, "arn:aws:sns:eu-west-1:1:topic", "arn:aws:sns:eu-west-1:1:Topic", false],
    [operator, negation, "arn:aws:sns:*:1:topic", "arn:aws:sns:eu-west-1:1:topic", true],
    [operator, negation, "arn:aws:sns:eu-west-?:1:topic", "arn:aws:sns:eu-west-1:1:topic", true],
    [operator, negation, "arn:aws:s:*:1:f/*", "arn:aws:s:us-east-2:9:store/abc:1:f/d.txt", false],
    [operator, negation, "arn:aws:s:*:9:*", "arn:aws:s:us-east-2:9:store/abc:1:f/d.txt", true],
    [operator, negation, "arn:aws:s:::a:b", "arn:aws:s:::a:b", true],
    [operator, negation, "arn:aws:s:::a:b", "arn:aws:s:::a:c", false],
    [operator, negation, "*:*:*:*:*:*", "arn:aws:s:::a", true],
    [operator, negation, "*:*:*:*:*:*", "arn:aws:s::a", false],
    [operator, negation, "*:*:*:*:*:*", "", false],
    [operator, negation, "arn:aws:s:::a", "arn:aws:s:::", false],
    [operator, negation, "arn:aws:s:::", "arn:aws:s:::", true],
    [operator, negation, ["arn:aws:s:::a", "arn:aws:s:::b"], "arn:aws:s:::b", true]
  ]
})

const scalars: ReadonlyArray<Row> = [
  ["NumericEquals", "NumericNotEquals", "10", "10", true],
  ["NumericEquals", "NumericNotEquals", "10", "10.0", true],
  ["NumericEquals", "NumericNotEquals", 10, "1e1", true],
  ["NumericEquals", "NumericNotEquals", "-0.55", "-.55", true],
  ["NumericEquals", "NumericNotEquals", "+3.", "3", true],
  ["NumericEquals", "NumericNotEquals", "10", "11", false],
  ["NumericEquals", "NumericNotEquals", ["1", "2"], "2", true],
  ["NumericEquals", "NumericNotEquals", "0", "", false],
  ["NumericEquals", "NumericNotEquals", "0", " ", false],
  ["NumericEquals", "NumericNotEquals", "16", "0x10", false],
  ["NumericEquals", "NumericNotEquals", "1", "1x", false],
  ["NumericEquals", "NumericNotEquals", "1", "x1", false],
  ["DateEquals", "DateNotEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", true],
  ["DateEquals", "DateNotEquals", "2026-01-01T00:00:00Z", "1767225600", true],
  ["DateEquals", "DateNotEquals", 1_767_225_600, "2026", true],
  ["DateEquals", "DateNotEquals", "2026-01-01", "2026-01-02", false],
  ["DateEquals", "DateNotEquals", "2026-01-01", "tomorrow", false],
  ["IpAddress", "NotIpAddress", "203.0.113.0/24", "203.0.113.7", true],
  ["IpAddress", "NotIpAddress", "203.0.113.0/24", "203.0.112.7", false],
  ["IpAddress", "NotIpAddress", "203.0.113.7", "203.0.113.7", true],
  ["IpAddress", "NotIpAddress", ["203.0.113.0/24", "2001:DB8::/32"], "2001:db8::7", true],
  ["IpAddress", "NotIpAddress", "203.0.113.0/24", "203.0.113.7/32", false],
  ["IpAddress", "NotIpAddress", "0.0.0.0/0", "somewhere", false]
]

const withoutNegation: ReadonlyArray<readonly [string, unknown, string, boolean]> = [
  ...["Numeric", "Date"].flatMap((kind) =>
    ([
      ["LessThan", [true, false, false]],
      ["LessThanEquals", [true, true, false]],
      ["GreaterThan", [false, false, true]],
      ["GreaterThanEquals", [false, true, true]]
    ] as const).flatMap(([comparison, [below, same, above]]) => {
      const operator = `${kind}${comparison}`
      return [
        [operator, "1700000000", "1699999999", below],
        [operator, "1700000000", "1700000000", same],
        [operator, "1700000000", "1700000000.5", above],
        [operator, "1700000000", "none", false]
      ] as const
    })
  ),
  // Numbers are not compared as texts.
  ["NumericLessThan", "10", "9", true],
  ["NumericLessThan", ["5", "20"], "10", true],
  ["NumericLessThan", ["5", "10"], "10", false],
  ["DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.001Z", true],
  ["Bool", "true", "true", true],
  ["Bool", true, "TRUE", true],
  ["Bool", "False", "false", true],
  ["Bool", "true", "false", false],
  ["Bool", false, "true", false],
  ["Bool", "false", "", false],
  ["Bool", "true", "yes", false],
  ["Bool", ["true", "false"], "false", true],
  ["BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", true],
  ["BinaryEquals", "AAA=", "AAE=", false],
  ["BinaryEquals", "", "", true],
  ["BinaryEquals", "AAAA", "AAAA", true],
  ["BinaryEquals", "AAAA", "AAA", false],
  // Letters in base64 have their case.
  ["BinaryEquals", "aaaa", "AAAA", false]
]

describe("Operator", () => {
  it.each([...strings, ...arns, ...scalars])(
    "%s (and %s) of %j, asked for %j: %s",
    (operator, negation, policy, request, fits) => {
      assert.strictEqual(test(operator, policy, request), fits)
      assert.strictEqual(test(negation, policy, request), !fits)
    }
  )

  it.each(withoutNegation)("%s of %j, asked for %j: %s", (operator, policy, request, fits) => {
    assert.strictEqual(test(operator, policy, request), fits)
  })

  it("compares numbers as numbers", () => {
    const number = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
    fc.assert(
      fc.property(number, number, (policy, request) => {
        const fits = (comparison: string) => test(`Numeric${comparison}`, policy, String(request))
        assert.strictEqual(fits("Equals"), request === policy)
        assert.strictEqual(fits("NotEquals"), request !== policy)
        assert.strictEqual(fits("LessThan"), request < policy)
        assert.strictEqual(fits("LessThanEquals"), request <= policy)
        assert.strictEqual(fits("GreaterThan"), request > policy)
        assert.strictEqual(fits("GreaterThanEquals"), request >= policy)
      })
    )
  })

  it("compares bytes as they are", () => {
    const bytes = fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes).toString("base64"))
    fc.assert(
      fc.property(bytes, bytes, (policy, request) => {
        assert.isTrue(test("BinaryEquals", policy, policy))
        assert.strictEqual(test("BinaryEquals", policy, request), policy === request)
      })
    )
  })

  describe("policy variables", () => {
    const caller = { tags: { team: "blue*", Cost: "a:b" } }
    const given = { "test:key": "blue*/Bob", "test:one": "x", "test:several": ["x", "y"], "test:empty": [] }

    it.each([
      ["StringEquals", "${aws:PrincipalTag/team}/${aws:username}", true],
      ["StringEquals", "${AWS:principaltag/TEAM}/${aws:UserName}", true],
      ["StringEquals", "${aws:PrincipalTag/team}", false],
      ["StringEquals", "${aws:PrincipalTag/team}/Bo${*}", false],
      ["StringEquals", "blue${*}/Bob", true],
      ["StringEquals", "${aws:PrincipalTag/none}", false],
      ["StringEquals", "blue*/${aws:PrincipalTag/none, 'Bob'}", true],
      ["StringEquals", "blue*/${aws:PrincipalTag/none,'Bob'}", true],
      ["StringEquals", "blue*/Bob${aws:PrincipalTag/none, ''}", true],
      ["StringEquals", "blue*/${aws:username, 'Eve'}", true],
      ["StringEquals", "blue*/Bob${test:several, ''}", false],
      ["StringEquals", "blue*/Bob${test:empty, ''}", false],
      ["StringEqualsIgnoreCase", "${aws:PrincipalTag/team}/BOB", true],
      ["StringEqualsIgnoreCase", "BLUE*/${aws:username}", true],
      ["StringEqualsIgnoreCase", "${aws:PrincipalTag/none}", false],
      ["StringLike", "${aws:PrincipalTag/team}/*", true],
      ["StringLike", "b*/${aws:username}", true],
      ["StringLike", "b${*}/${aws:username}", false],
      ["StringLike", "blue${*}/Bo?", true],
      ["StringLike", "blue${?}/Bob", false],
      ["StringLike", "${aws:PrincipalTag/none}*", false],
      ["StringLike", "${aws:PrincipalTag/none, 'b'}*", true],
      // A default is a value: its wildcards are none.
      ["StringLike", "${aws:PrincipalTag/none, '*'}", false]
    ])("%s %s: %s", (operator, policy, fits) => {
      assert.strictEqual(holds({ [operator]: { "test:key": policy } }, given, caller), fits)
      const negation = operator.replace("String", "StringNot")
      assert.strictEqual(holds({ [negation]: { "test:key": policy } }, given, caller), !fits)
    })

    it("does not take a value's wildcards for wildcards", () => {
      const block = { StringLike: { "test:key": "${aws:PrincipalTag/team}" } }
      assert.isTrue(holds(block, { "test:key": "blue*" }, caller))
      assert.isFalse(holds(block, { "test:key": "blue sky" }, caller))
    })

    it("stands for a dollar, an asterisk and a question mark", () => {
      const block = { StringLike: { "test:key": "${$}{aws:username}${?}${*}" } }
      assert.isTrue(holds(block, { "test:key": "${aws:username}?*" }))
      assert.isFalse(holds(block, { "test:key": "${aws:username}xy" }))
    })

    it("stands for an asterisk alone", () => {
      assert.isTrue(holds({ StringLike: { "test:key": "${*}" } }, { "test:key": "*" }))
      assert.isFalse(holds({ StringLike: { "test:key": "${*}" } }, { "test:key": "a" }))
    })

    it("makes no text of a missing value", () => {
      for (const operator of ["StringEquals", "StringEqualsIgnoreCase", "StringLike"]) {
        assert.isFalse(holds({ [operator]: { "test:key": "${aws:PrincipalTag/none}" } }, { "test:key": "undefined" }))
      }
    })

    it("leaves a dollar alone that opens no brace", () => {
      assert.isTrue(holds({ StringEquals: { "test:key": "$5 {x} }$" } }, { "test:key": "$5 {x} }$" }))
    })

    it.each(["ArnEquals", "ArnLike"])("are known to %s", (operator) => {
      const block = { [operator]: { "test:key": "arn:aws:s3:::${aws:username}/*" } }
      assert.isTrue(holds(block, { "test:key": "arn:aws:s3:::Bob/x" }))
      assert.isFalse(holds(block, { "test:key": "arn:aws:s3:::Eve/x" }))
      assert.isFalse(holds(block, { "test:key": "arn:aws:s3:::Bob/x" }, { principal: session }))
      const whole = { [operator]: { "test:key": "${aws:PrincipalArn}" } }
      assert.isTrue(holds(whole, { "test:key": bob }))
      assert.isFalse(holds(whole, { "test:key": `${bob}by` }))
      const short = { [operator]: { "test:key": "${aws:username}" } }
      assert.isFalse(holds(short, { "test:key": "Bob" }))
    })

    it.each(["2008-10-17", undefined])("are plain text in version %s", (version) => {
      const text = "${aws:username}"
      const block = { StringEquals: { "test:key": text } }
      const held = (value: string) => holds(block, { "test:key": value }, {}, version ?? "2008-10-17")
      assert.isTrue(held(text))
      assert.isFalse(held("Bob"))
    })
  })
})
