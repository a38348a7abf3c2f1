import { assert, describe, it } from "@effect/vitest"
import { defaultKeyPolicy, keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import { parseKeyPolicy } from "@keystead/core/authorization/Policy"
import * as Result from "effect/Result"
import { alice, ask, bob, home, role, root, session } from "./Support.ts"

const enableIam = {
  Sid: "Enable IAM User Permissions",
  Effect: "Allow",
  Principal: { AWS: root },
  Action: "kms:*",
  Resource: "*"
}
const administrators = {
  Sid: "Allow access for Key Administrators",
  Effect: "Allow",
  Principal: { AWS: alice },
  Action: [
    "kms:Create*",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Revoke*",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
    "kms:RotateKeyOnDemand"
  ],
  Resource: "*"
}
const users = {
  Sid: "Allow use of the key",
  Effect: "Allow",
  Principal: { AWS: [bob, role] },
  Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
  Resource: "*"
}
const console = { account: home, administrators: [alice], users: [bob, role] }

describe("KeyPolicy", () => {
  it("writes AWS's default", () => {
    const text = defaultKeyPolicy(home)
    assert.deepStrictEqual(JSON.parse(text), { Version: "2012-10-17", Id: "key-default-1", Statement: [enableIam] })
    assert.isTrue(text.startsWith("{\n  \"Version\""), "readable")
  })

  it("writes the console's statements", () => {
    assert.deepStrictEqual(JSON.parse(keyPolicy(console)), {
      Version: "2012-10-17",
      Id: "key-consolepolicy-3",
      Statement: [enableIam, administrators, users]
    })
  })

  it("writes no statement about nobody", () => {
    const sids = (text: string) =>
      (JSON.parse(text) as { Statement: ReadonlyArray<{ Sid: string }> }).Statement.map(({ Sid }) => Sid)
    assert.deepStrictEqual(sids(keyPolicy({ ...console, users: [] })), [enableIam.Sid, administrators.Sid])
    assert.deepStrictEqual(sids(keyPolicy({ ...console, administrators: [] })), [enableIam.Sid, users.Sid])
  })

  it("lets administrators manage, and users use", () => {
    const resourcePolicy = Result.getOrThrow(parseKeyPolicy(keyPolicy(console)))
    const may = (principal: string, action: string) => ask({ principal }, { resourcePolicy, action }).allowed
    for (const action of ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKeyWithoutPlaintext"]) {
      assert.isTrue(may(bob, action), action)
      assert.isTrue(may(session, action), action)
      assert.isFalse(may(alice, action), action)
      assert.isTrue(may(root, action), action)
    }
    for (
      const action of ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:EnableKeyRotation", "kms:UntagResource"]
    ) {
      assert.isTrue(may(alice, action), action)
      assert.isFalse(may(bob, action), action)
    }
    assert.isTrue(may(bob, "kms:DescribeKey"))
    assert.isTrue(may(alice, "kms:DescribeKey"))
  })
})
