/**
 * AWS managed keys: made for an account when one of AWS's services first uses `alias/aws/SERVICE` there, and usable
 * through that service only. Source: AWS KMS developer guide, "AWS managed keys", and the policies those keys show.
 */
import { reservedPrefix } from "./AliasRecord.ts"
import { type Place, rootArn } from "./Arn.ts"

/** AWS managed keys rotate every year, and nobody can change that. */
export const managedRotationPeriod = 365

const endpoint = (service: string, region: string): string => `${service}.${region}.amazonaws.com`

/** The service whose key an alias name is, if that service is the one that calls. */
export const callingService = (
  aliasName: string,
  region: string,
  viaService: string | undefined
): string | undefined => {
  if (!aliasName.startsWith(reservedPrefix)) return undefined
  const service = aliasName.slice(reservedPrefix.length)
  return service !== "" && viaService === endpoint(service, region) ? service : undefined
}

/** How AWS describes the key. */
export const managedDescription = (service: string): string =>
  `Default key that protects my ${service.toUpperCase()} data when no other key is defined`

/** The policy that lets the account's principals use the key through the service, and look at it directly. */
export const managedPolicy = (service: string, place: Place): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Id: `auto-${service}-1`,
    Statement: [
      {
        Sid: `Allow access through ${service} for all principals in the account that are authorized to use it`,
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: "*",
        Condition: {
          StringEquals: { "kms:CallerAccount": place.account, "kms:ViaService": endpoint(service, place.region) }
        }
      },
      {
        Sid: "Allow direct access to key metadata to the account",
        Effect: "Allow",
        Principal: { AWS: rootArn(place) },
        Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
        Resource: "*"
      }
    ]
  })
