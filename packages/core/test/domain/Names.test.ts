import { assert, describe, it } from "@effect/vitest"
import * as AliasRecord from "@keystead/core/domain/AliasRecord"
import * as Arn from "@keystead/core/domain/Arn"
import * as Identifier from "@keystead/core/domain/Identifier"
import * as KeyRecord from "@keystead/core/domain/KeyRecord"
import * as ManagedKey from "@keystead/core/domain/ManagedKey"
import { uuid } from "@keystead/core/domain/Uuid"
import * as Result from "effect/Result"
import * as fc from "fast-check"

const here = { account: "111122223333", region: "eu-west-1" }
const keyId = "1234abcd-12ab-34cd-56ef-1234567890ab"

const region = fc.constantFrom("eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1", "ap-southeast-3")
const account = fc.integer({ min: 0, max: 999_999_999_999 }).map((number) => String(number).padStart(12, "0"))
const place = fc.record({ account, region })
const aliasName = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 30 }).map((text) => `alias/${text}`)

describe("ARNs", () => {
  it("are read as they were written", () => {
    fc.assert(fc.property(place, fc.uuid(), aliasName, (place, id, name) => {
      assert.deepStrictEqual(Arn.parse(Arn.keyArn(place, id)), { ...place, resource: "key", name: id })
      assert.deepStrictEqual(Arn.parse(Arn.aliasArn(place, name)), { ...place, resource: "alias", name })
    }))
  })

  it("carry their Region's partition, and no other", () => {
    assert.strictEqual(Arn.keyArn(here, "x"), "arn:aws:kms:eu-west-1:111122223333:key/x")
    assert.strictEqual(
      Arn.keyArn({ ...here, region: "cn-north-1" }, "x"),
      "arn:aws-cn:kms:cn-north-1:111122223333:key/x"
    )
    assert.strictEqual(
      Arn.aliasArn({ ...here, region: "us-gov-east-1" }, "alias/x"),
      "arn:aws-us-gov:kms:us-gov-east-1:111122223333:alias/x"
    )
    assert.strictEqual(Arn.rootArn({ ...here, region: "cn-north-1" }), "arn:aws-cn:iam::111122223333:root")
    for (const partition of ["aws-cn", "aws-us-gov", "aws-iso"]) {
      assert.isUndefined(Arn.parse(`arn:${partition}:kms:eu-west-1:111122223333:key/x`))
    }
  })

  it("of anything else are none", () => {
    const wrongs = [
      "",
      "arn:aws:kms:eu-west-1:111122223333:key/",
      "arn:aws:kms:eu-west-1:111122223333:key",
      "arn:aws:kms:eu-west-1:111122223333:alias",
      "arn:aws:kms:eu-west-1:111122223333:alias/",
      "arn:aws:kms:eu-west-1:111122223333:other/x",
      "arn:aws:kms:eu-west-1:1111222233334:key/x",
      "arn:aws:kms:EU:111122223333:key/x",
      "arn:aws:iam:eu-west-1:111122223333:key/x",
      " arn:aws:kms:eu-west-1:111122223333:key/x",
      "xarn:aws:kms:eu-west-1:111122223333:key/x",
      "arn:aws:kms::111122223333:key/x"
    ]
    for (const wrong of wrongs) assert.isUndefined(Arn.parse(wrong), wrong)
  })
})

describe("key ids", () => {
  it("are UUIDs in lower case, or mrk- and 32 hexadecimal digits", () => {
    for (const right of [keyId, "mrk-" + "0123456789abcdef".repeat(2)]) assert.isTrue(Arn.isKeyId(right))
    const wrongs = [
      "",
      keyId.toUpperCase(),
      `${keyId}0`,
      `x${keyId}`,
      keyId.replaceAll("-", ""),
      keyId.replace("1", "g"),
      `${keyId}\n`,
      "mrk-",
      `mrk-${"0".repeat(31)}`,
      `mrk-${"0".repeat(33)}`,
      `mrk-${"G".repeat(32)}`
    ]
    for (const wrong of wrongs) assert.isFalse(Arn.isKeyId(wrong), wrong)
    fc.assert(fc.property(fc.uuid(), (id) => assert.isTrue(Arn.isKeyId(id))))
  })

  it("are made of sixteen random bytes, but for version and variant", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
      const before = random.slice()
      const id = uuid(random)
      assert.deepStrictEqual(random, before)
      assert.isTrue(Arn.isKeyId(id))
      const bytes = Buffer.from(id.replaceAll("-", ""), "hex")
      const expected = Buffer.from(random)
      expected[6] = ((random[6] ?? 0) & 0x0f) | 0x40
      expected[8] = ((random[8] ?? 0) & 0x3f) | 0x80
      assert.strictEqual(bytes.toString("hex"), expected.toString("hex"))
    }))
    assert.strictEqual(uuid(new Uint8Array(16).fill(0xff)), "ffffffff-ffff-4fff-bfff-ffffffffffff")
    assert.strictEqual(uuid(new Uint8Array(16)), "00000000-0000-4000-8000-000000000000")
  })
})

describe("identifiers", () => {
  const parse = (text: string, aliases = true) => Identifier.parse(text, here, aliases)

  it("by id and name mean the place that was asked, by ARN their own", () => {
    assert.deepStrictEqual(parse(keyId), Result.succeed({ kind: "key", place: here, name: keyId }))
    assert.deepStrictEqual(parse("alias/x"), Result.succeed({ kind: "alias", place: here, name: "alias/x" }))
    fc.assert(fc.property(account, fc.uuid(), aliasName, (account, id, name) => {
      const there = { ...here, account }
      const key = Result.getOrThrow(parse(Arn.keyArn(there, id), false))
      assert.deepInclude(key, { kind: "key", name: id })
      assert.deepInclude(key.place, there)
      const alias = Result.getOrThrow(parse(Arn.aliasArn(there, name)))
      assert.deepInclude(alias, { kind: "alias", name })
      assert.deepInclude(alias.place, there)
    }))
  })

  it("are refused with the words that AWS has for each", () => {
    const refusal = (text: string, aliases?: boolean) => {
      const parsed = parse(text, aliases)
      assert(Result.isFailure(parsed), text)
      assert.strictEqual(parsed.failure._tag, "NotFoundException")
      return parsed.failure.message
    }
    for (const text of ["", "x", keyId.toUpperCase(), "aliasx", "arn:x", Arn.keyArn(here, "x")]) {
      assert.strictEqual(refusal(text), `Invalid keyId '${text}'`)
    }
    for (const text of ["alias/x", Arn.aliasArn(here, "alias/x")]) {
      assert.strictEqual(refusal(text, false), `Invalid keyId '${text}'`)
    }
    for (
      const text of [
        Arn.keyArn({ ...here, region: "us-east-1" }, keyId),
        Arn.aliasArn({ ...here, region: "us-east-1" }, "alias/x")
      ]
    ) {
      assert.strictEqual(refusal(text), "Invalid arn us-east-1")
      assert.strictEqual(refusal(text, false), "Invalid arn us-east-1")
    }
  })
})

describe("record ids", () => {
  it("are paths that begin with what they are, and sort as pages list", () => {
    assert.strictEqual(KeyRecord.recordId(here, keyId), `key/111122223333/eu-west-1/${keyId}`)
    assert.strictEqual(AliasRecord.recordId(here, "alias/x"), "alias/111122223333/eu-west-1/alias/x")
  })
})

describe("AWS managed keys", () => {
  it("belong to the service whose endpoint of the Region calls", () => {
    const service = ManagedKey.callingService
    assert.strictEqual(service("alias/aws/s3", "eu-west-1", "s3.eu-west-1.amazonaws.com"), "s3")
    assert.strictEqual(service("alias/aws/dynamodb", "us-east-1", "dynamodb.us-east-1.amazonaws.com"), "dynamodb")
    const none = [
      ["alias/aws/s3", "eu-west-1", undefined],
      ["alias/aws/s3", "eu-west-1", "s3.amazonaws.com"],
      ["alias/aws/s3", "eu-west-1", "s3.us-east-1.amazonaws.com"],
      ["alias/aws/s3", "eu-west-1", "ebs.eu-west-1.amazonaws.com"],
      ["alias/aws/", "eu-west-1", ".eu-west-1.amazonaws.com"],
      ["alias/awss3", "eu-west-1", "s3.eu-west-1.amazonaws.com"],
      ["alias/s3", "eu-west-1", "s3.eu-west-1.amazonaws.com"]
    ] as const
    for (const [alias, region, via] of none) assert.isUndefined(service(alias, region, via))
  })

  it("let the account's principals use them through the service, and look at them directly", () => {
    assert.deepStrictEqual(JSON.parse(ManagedKey.managedPolicy("s3", here)), {
      Version: "2012-10-17",
      Id: "auto-s3-1",
      Statement: [
        {
          Sid: "Allow access through s3 for all principals in the account that are authorized to use it",
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
          Resource: "*",
          Condition: {
            StringEquals: { "kms:CallerAccount": "111122223333", "kms:ViaService": "s3.eu-west-1.amazonaws.com" }
          }
        },
        {
          Sid: "Allow direct access to key metadata to the account",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::111122223333:root" },
          Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
          Resource: "*"
        }
      ]
    })
  })
})
