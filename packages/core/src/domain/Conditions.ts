/** The condition keys that requests bring along. Source: AWS KMS developer guide, "AWS KMS condition keys". */
import type { Conditions } from "../operations/Operation.ts"

/** What a KMS key is, or is to be, by the names of today and the deprecated ones. */
export const ofKind = (keySpec: string, keyUsage: string, origin: string, multiRegion: boolean): Conditions => ({
  "kms:KeySpec": keySpec,
  "kms:CustomerMasterKeySpec": keySpec,
  "kms:KeyUsage": keyUsage,
  "kms:CustomerMasterKeyUsage": keyUsage,
  "kms:KeyOrigin": origin,
  "kms:MultiRegion": String(multiRegion)
})

/** `kms:EncryptionContext:KEY` for each pair, and `kms:EncryptionContextKeys`. */
export const ofEncryptionContext = (context: Readonly<Record<string, string>> | undefined): Conditions =>
  context === undefined ? {} : {
    "kms:EncryptionContextKeys": Object.keys(context),
    ...Object.fromEntries(Object.entries(context).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]))
  }

/** What every operation on symmetric ciphertexts brings; the algorithm's default counts as given. */
export const ofEncryption = (input: {
  readonly EncryptionAlgorithm?: string | undefined
  readonly EncryptionContext?: Readonly<Record<string, string>> | undefined
}): Conditions => ({
  "kms:EncryptionAlgorithm": input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT",
  ...ofEncryptionContext(input.EncryptionContext)
})

/** `aws:RequestTag/KEY` for each tag, and `aws:TagKeys`. */
export const ofTags = (
  tags: ReadonlyArray<{ readonly TagKey: string; readonly TagValue: string }> | undefined
): Conditions =>
  tags === undefined ? {} : {
    "aws:TagKeys": tags.map((tag) => tag.TagKey),
    ...Object.fromEntries(tags.map((tag) => [`aws:RequestTag/${tag.TagKey}`, tag.TagValue]))
  }
