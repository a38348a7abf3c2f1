/** The spec, the usage and the algorithms of a KMS key, as DescribeKey and GetPublicKey tell them. */
import type { Carried } from "../groups/Carried.ts"
import type { KeyRecord } from "./KeyRecord.ts"
import { list, optional, told } from "./Members.ts"
import * as Specs from "./Specs.ts"

/** What tells of the spec and usage. */
export const specMembers = {
  KeyUsage: optional(told<typeof Specs.keyUsages>()),
  CustomerMasterKeySpec: optional(told<typeof Specs.customerMasterKeySpecs>()),
  KeySpec: optional(told<typeof Specs.keySpecs>())
}

/** The spec and usage. The deprecated member is left out where it has no name for the spec. */
export const specsOf = ({ keySpec, keyUsage }: KeyRecord) => {
  const older = Specs.customerMasterKeySpecs.find((name) => name === keySpec)
  return {
    KeyUsage: keyUsage,
    ...(older === undefined ? {} : { CustomerMasterKeySpec: older }),
    KeySpec: keySpec
  }
}

/** What tells of the algorithms; a key has those of its usage. */
export const algorithmMembers = {
  EncryptionAlgorithms: optional(list(told<typeof Specs.encryptionAlgorithms>())),
  SigningAlgorithms: optional(list(told<typeof Specs.signingAlgorithms>())),
  KeyAgreementAlgorithms: optional(list(told<typeof Specs.keyAgreementAlgorithms>())),
  EncapsulationAlgorithms: optional(list(told<typeof Specs.encapsulationAlgorithms>())),
  MacAlgorithms: optional(list(told<typeof Specs.macAlgorithms>()))
}

const symmetric: Specs.Algorithms = { ENCRYPT_DECRYPT: ["SYMMETRIC_DEFAULT"] }
const none: Specs.Algorithms = {}

/** The algorithms of the key; none are known of a spec that this Keystead carries nothing for. */
export const algorithmsOf = ({ keySpec, keyUsage }: KeyRecord, carried: Carried["Service"]) => {
  const usages = keySpec === "SYMMETRIC_DEFAULT" ? symmetric : carried.kind(keySpec)?.usages ?? none
  switch (keyUsage) {
    case "ENCRYPT_DECRYPT":
      return { EncryptionAlgorithms: [...usages[keyUsage] ?? []] }
    case "SIGN_VERIFY":
      return { SigningAlgorithms: [...usages[keyUsage] ?? []] }
    case "GENERATE_VERIFY_MAC":
      return { MacAlgorithms: [...usages[keyUsage] ?? []] }
    case "KEY_AGREEMENT":
      return { KeyAgreementAlgorithms: [...usages[keyUsage] ?? []] }
    case "ENCAPSULATE_DECAPSULATE":
      return { EncapsulationAlgorithms: [...usages[keyUsage] ?? []] }
    default:
      return keyUsage satisfies never
  }
}
