import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { document, holds, problem } from "./Support.ts"

type Given = string | ReadonlyArray<string> | undefined

const check = (operator: string, policy: unknown, given: Given): boolean =>
  holds({ [operator]: { "test:key": policy } }, given === undefined ? {} : { "test:key": given })

const pairs = [
  ["StringEquals", "StringNotEquals", "a"],
  ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "a"],
  ["StringLike", "StringNotLike", "a*"],
  ["NumericEquals", "NumericNotEquals", "1"],
  ["DateEquals", "DateNotEquals", "2026"],
  ["IpAddress", "NotIpAddress", "10.0.0.0/8"],
  ["ArnEquals", "ArnNotEquals", "arn:aws:s:::*"],
  ["ArnLike", "ArnNotLike", "arn:aws:s:::*"]
] as const

const positives: ReadonlyArray<readonly [string, string]> = [
  ...pairs.map(([positive, , value]) => [positive, value] as const),
  ...["LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].flatMap((comparison) =>
    [[`Numeric${comparison}`, "1"], [`Date${comparison}`, "2026"]] as const
  ),
  ["Bool", "true"],
  ["BinaryEquals", "AAAA"]
]
const negatives = pairs.map(([, negative, value]) => [negative, value] as const)

describe("Condition", () => {
  describe("without the key", () => {
    const missing: ReadonlyArray<Given> = [undefined, []]

    it.each(positives)("%s fails", (operator, value) => {
      for (const given of missing) assert.isFalse(check(operator, value, given))
    })

    it.each(negatives)("%s holds", (operator, value) => {
      for (const given of missing) assert.isTrue(check(operator, value, given))
    })

    it.each([...positives, ...negatives])("%s holds with IfExists", (operator, value) => {
      for (const given of missing) {
        assert.isTrue(check(`${operator}IfExists`, value, given))
        assert.isTrue(check(`ForAnyValue:${operator}IfExists`, value, given))
        assert.isTrue(check(`ForAllValues:${operator}IfExists`, value, given))
      }
    })

    it.each([...positives, ...negatives])("ForAllValues:%s holds, ForAnyValue:%s fails", (operator, value) => {
      for (const given of [...missing, ""]) {
        assert.isTrue(check(`ForAllValues:${operator}`, value, given))
        assert.isFalse(check(`ForAnyValue:${operator}`, value, given))
      }
    })
  })

  it("tells an empty text from a missing key where no set is asked for", () => {
    assert.isTrue(check("StringEquals", "", ""))
    assert.isFalse(check("StringEqualsIfExists", "a", ""))
    assert.isFalse(check("ForAnyValue:StringEqualsIfExists", "", ""))
  })

  const value = fc.constantFrom("a", "b", "A", "1", "2", "2026", "10.0.0.1", "arn:aws:s:::x", "true", "AAAA", "")

  it("negates for a single value", () => {
    fc.assert(
      fc.property(fc.constantFrom(...pairs), value, ([positive, negative, policy], given) => {
        assert.strictEqual(check(negative, policy, given), !check(positive, policy, given))
        assert.strictEqual(check(negative, [policy, policy], given), !check(positive, [policy, policy], given))
      })
    )
  })

  it("takes IfExists for the plain operator where the key is present", () => {
    const set = fc.constantFrom("", "ForAnyValue:", "ForAllValues:")
    const given = fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }))
    fc.assert(
      fc.property(set, fc.constantFrom(...positives, ...negatives), given, (set, [operator, policy], given) => {
        const name = `${set}${operator}`
        assert.strictEqual(check(`${name}IfExists`, policy, given), check(name, policy, given))
      }),
      { numRuns: 500 }
    )
  })

  it("quantifies over the values of the request", () => {
    const letters = fc.array(fc.constantFrom<string>("a", "b", "c"), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(letters, letters, (policy, given) => {
        const fits = (one: string) => policy.includes(one)
        assert.strictEqual(check("ForAnyValue:StringEquals", policy, given), given.some(fits))
        assert.strictEqual(check("ForAllValues:StringEquals", policy, given), given.every(fits))
        assert.strictEqual(check("ForAnyValue:StringNotEquals", policy, given), given.some((one) => !fits(one)))
        assert.strictEqual(check("ForAllValues:StringNotEquals", policy, given), given.every((one) => !fits(one)))
        // Without a set operator, one is enough, and negation means none.
        assert.strictEqual(check("StringEquals", policy, given), given.some(fits))
        assert.strictEqual(check("StringNotEquals", policy, given), !given.some(fits))
      })
    )
  })

  it.each([
    ["true", undefined, true],
    ["true", [], true],
    ["true", "", true],
    ["true", "a", false],
    ["true", ["a"], false],
    ["false", undefined, false],
    ["false", [], false],
    ["false", "", false],
    ["false", "a", true],
    ["false", ["a"], true],
    [true, undefined, true],
    [false, "a", true],
    ["TRUE", undefined, true],
    ["False", "a", true],
    [["true", "false"], undefined, true],
    [["true", "false"], "a", true],
    [[], undefined, false],
    [[], "a", false]
  ])("Null %j of %j: %s", (policy, given, expected) => {
    assert.strictEqual(check("Null", policy, given), expected)
  })

  it("demands all operators, and all keys of each", () => {
    const block = { StringEquals: { "test:a": "1", "test:b": "2" }, Null: { "test:c": "true" } }
    assert.isTrue(holds(block, { "test:a": "1", "test:b": "2" }))
    assert.isFalse(holds(block, { "test:a": "0", "test:b": "2" }))
    assert.isFalse(holds(block, { "test:a": "1", "test:b": "0" }))
    assert.isFalse(holds(block, { "test:a": "1", "test:b": "2", "test:c": "3" }))
    assert.isTrue(holds({}))
    assert.isTrue(holds({ StringEquals: {} }))
  })

  it("asks for keys in lower case, whatever their names", () => {
    assert.isTrue(holds({ StringEquals: { "KMS:EncryptionContext:App": "x" } }, { "kms:encryptioncontext:app": "x" }))
    assert.isTrue(holds({ StringEquals: { "test:__proto__": "x" } }, { "test:__proto__": "x" }))
    assert.isTrue(holds({ StringEquals: { "test:two\nlines:x": "x" } }, { "test:two\nlines:x": "x" }))
  })

  const refusal = (block: unknown, version?: string) =>
    problem(document({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*", Condition: block }, version))

  const refused: ReadonlyArray<readonly [unknown, string]> = [
    ["x", "Condition must be an object of condition operators."],
    [["StringEquals"], "Condition must be an object of condition operators."],
    [null, "Condition must be an object of condition operators."],
    [{ StringEqual: { "a:b": "c" } }, `Condition: "StringEqual" is no condition operator.`],
    [{ stringEquals: { "a:b": "c" } }, `Condition: "stringEquals" is no condition operator.`],
    [{ "": {} }, `Condition: "" is no condition operator.`],
    [{ IfExists: {} }, `Condition: "IfExists" is no condition operator.`],
    [{ NullIfExists: { "a:b": "true" } }, `Condition: "NullIfExists" is no condition operator.`],
    [{ "ForAnyValue:Null": { "a:b": "true" } }, `Condition: "ForAnyValue:Null" is no condition operator.`],
    [{ "ForAll:StringEquals": {} }, `Condition: "ForAll:StringEquals" is no condition operator.`],
    [{ "xForAllValues:Bool": {} }, `Condition: "xForAllValues:Bool" is no condition operator.`],
    [{ BoolIfExistsx: {} }, `Condition: "BoolIfExistsx" is no condition operator.`],
    [{ StringEquals: "x" }, `Condition "StringEquals" must be an object of condition keys.`],
    [{ StringEquals: [] }, `Condition "StringEquals" must be an object of condition keys.`],
    [
      { StringEquals: { b: "c" } },
      `Condition "StringEquals", "b": a condition key must begin with the name of a service, as in aws:SourceIp.`
    ],
    [
      { StringEquals: { "a:": "c" } },
      `Condition "StringEquals", "a:": a condition key must begin with the name of a service, as in aws:SourceIp.`
    ],
    [
      { StringEquals: { ":b": "c" } },
      `Condition "StringEquals", ":b": a condition key must begin with the name of a service, as in aws:SourceIp.`
    ],
    [
      { StringEquals: { "a:b": null } },
      `Condition "StringEquals", "a:b": a value must be a string, a number, or a boolean, or an array of them.`
    ],
    [
      { StringEquals: { "a:b": ["c", {}] } },
      `Condition "StringEquals", "a:b": a value must be a string, a number, or a boolean, or an array of them.`
    ],
    [{ NumericEquals: { "a:b": "c" } }, `Condition "NumericEquals", "a:b": a value must be a number.`],
    [{ NumericEquals: { "a:b": ["1", ""] } }, `Condition "NumericEquals", "a:b": a value must be a number.`],
    [{ NumericEquals: { "a:b": "1e999" } }, `Condition "NumericEquals", "a:b": a value must be a number.`],
    [{ NumericEquals: { "a:b": "1e+9999" } }, `Condition "NumericEquals", "a:b": a value must be a number.`],
    [
      { DateEquals: { "a:b": "soon" } },
      `Condition "DateEquals", "a:b": a value must be a date such as 2026-01-31T12:00:00Z, or epoch seconds.`
    ],
    [{ Bool: { "a:b": "yes" } }, `Condition "Bool", "a:b": a value must be true or false.`],
    [{ Null: { "a:b": "yes" } }, `Condition "Null", "a:b": a value must be true or false.`],
    [{ BinaryEquals: { "a:b": "AA" } }, `Condition "BinaryEquals", "a:b": a value must be base64, with its padding.`],
    [{ BinaryEquals: { "a:b": "AB==" } }, `Condition "BinaryEquals", "a:b": a value must be base64, with its padding.`],
    [{ BinaryEquals: { "a:b": "AAB=" } }, `Condition "BinaryEquals", "a:b": a value must be base64, with its padding.`],
    [
      { BinaryEquals: { "a:b": "AAAA=" } },
      `Condition "BinaryEquals", "a:b": a value must be base64, with its padding.`
    ],
    [{ BinaryEquals: { "a:b": "A-_A" } }, `Condition "BinaryEquals", "a:b": a value must be base64, with its padding.`],
    [
      { IpAddress: { "a:b": "10.0.0.0/33" } },
      `Condition "IpAddress", "a:b": a value must be an IP address, or a range such as 203.0.113.0/24 or 2001:db8::/32.`
    ],
    [
      { ArnLike: { "a:b": "arn:aws:s3:::".slice(0, -1) } },
      `Condition "ArnLike", "a:b": an ARN must have six parts, between five colons.`
    ],
    [{ ArnEquals: { "a:b": "*" } }, `Condition "ArnEquals", "a:b": an ARN must have six parts, between five colons.`],
    ...["${}", "${b}", "${a:b, c}", "${a:b 'c'}", "${a:b,  'c'}", "${a:b, 'c}", "${:b}", "${a:}", "${**}", "${{a:b}"]
      .map((text) =>
        [
          { StringEquals: { "a:b": `x${text}` } },
          "Condition \"StringEquals\", \"a:b\": a policy variable must have the form ${key} or ${key, 'default'}, or be " +
          "${*}, ${?} or ${$}."
        ] as const
      ),
    [
      { StringLike: { "a:b": "${a:b" } },
      "Condition \"StringLike\", \"a:b\": a policy variable is not closed; write ${$} for the character $."
    ]
  ]

  it.each(refused)("refuses %j", (block, message) => {
    assert.deepStrictEqual(refusal(block), {
      _tag: "MalformedPolicyDocumentException",
      message: `Statement[0]: ${message}`
    })
  })

  it.each(["kms:EncryptionContext:app", "KMS:encryptioncontext:app", "aws:RequestTag/team"])(
    "refuses ForAllValues of the single-valued %s, as KMS does",
    (key) => {
      const { message } = refusal({ "ForAllValues:StringEquals": { [key]: "x" } })
      assert.strictEqual(
        message,
        `Statement[0]: Condition "ForAllValues:StringEquals", "${key}": OverlyPermissiveCondition: Using the ` +
          "ForAllValues set operator with a single-valued condition key matches requests without the specified " +
          "[encryption context or tag] or with an unspecified [encryption context or tag]. To fix, remove ForAllValues."
      )
      const name = key.toLowerCase()
      assert.isTrue(holds({ "ForAnyValue:StringEquals": { [key]: "x" } }, { [name]: "x" }))
      assert.isTrue(holds({ StringEquals: { [key]: "x" } }, { [name]: "x" }))
    }
  )

  it("takes ForAllValues of the keys that can have several values", () => {
    assert.isTrue(holds({ "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": "x" } }))
    assert.isTrue(holds({ "ForAllValues:StringEquals": { "aws:TagKeys": "x" } }))
  })

  it("does not quote a policy's values", () => {
    const secret = "hunter2-correct-horse"
    for (const operator of ["NumericEquals", "DateEquals", "Bool", "BinaryEquals", "IpAddress", "ArnEquals", "Null"]) {
      assert.notInclude(refusal({ [operator]: { "a:b": `${secret}!` } }).message, secret)
    }
    assert.notInclude(refusal({ StringEquals: { "a:b": `\${${secret}}` } }).message, secret)
  })
})
