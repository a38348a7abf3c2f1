/** The key policies that AWS writes when nobody else does. Source: AWS KMS Developer Guide, "Default key policy". */

const text = (value: unknown): string => JSON.stringify(value, null, 2)

const enableIam = (account: string) => ({
  Sid: "Enable IAM User Permissions",
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: "kms:*",
  Resource: "*"
})

/** The policy of a key that is created without one: the account's identity policies decide about everything. */
export const defaultKeyPolicy = (account: string): string =>
  text({ Version: "2012-10-17", Id: "key-default-1", Statement: [enableIam(account)] })

/** What the console lets key administrators do. It is not to use the key. */
const administratorActions = [
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
]

/** What the console lets key users do with a symmetric key. */
const userActions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]

/** Like the console: one principal stands alone, several in an array. */
const allow = (sid: string, principals: ReadonlyArray<string>, actions: ReadonlyArray<string>) =>
  principals.length === 0 ? [] : [{
    Sid: sid,
    Effect: "Allow",
    Principal: { AWS: principals.length === 1 ? principals[0] : principals },
    Action: actions,
    Resource: "*"
  }]

/**
 * The policy that the AWS console writes for a symmetric key, without its statement about grants for AWS services:
 * identity policies count, administrators manage the key, users use it. A list without principals makes no statement.
 *
 * The text is not checked; `Policy.parseKeyPolicy` says if a principal is none.
 */
export const keyPolicy = (options: {
  /** Twelve digits. */
  readonly account: string
  /** ARNs of users and roles, or account ids. */
  readonly administrators: ReadonlyArray<string>
  /** ARNs of users and roles, or account ids. */
  readonly users: ReadonlyArray<string>
}): string =>
  text({
    Version: "2012-10-17",
    Id: "key-consolepolicy-3",
    Statement: [
      enableIam(options.account),
      ...allow("Allow access for Key Administrators", options.administrators, administratorActions),
      ...allow("Allow use of the key", options.users, userActions)
    ]
  })
