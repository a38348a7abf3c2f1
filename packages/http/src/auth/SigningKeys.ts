/**
 * The keys that signatures of version 4 are made with, derived from a secret access key.
 *
 * Source: AWS IAM user guide, "Create a signed AWS API request", "Derive a signing key".
 */
import * as Utf8 from "@keystead/core/Utf8"
import type { Hashes } from "./Hashes.ts"

/** The key of a day, a Region, and KMS: 32 bytes. `scope` is `20261124/eu-west-1/kms/aws4_request`. */
export const symmetricKey = (secretAccessKey: string, scope: string, { hmacSha256 }: Hashes): Uint8Array =>
  scope.split("/").reduce<Uint8Array>(
    (key, part) => hmacSha256(key, Utf8.encode(part)),
    Utf8.encode(`AWS4${secretAccessKey}`)
  )
