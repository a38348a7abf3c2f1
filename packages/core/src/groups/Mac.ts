/** HMAC keys. */
import { hmacKinds } from "../crypto/kinds/Hmac.ts"
import { GenerateMac } from "../operations/GenerateMac.ts"
import { VerifyMac } from "../operations/VerifyMac.ts"
import type { Group } from "./Group.ts"

/** Message authentication codes under HMAC keys of four lengths. */
export const mac = {
  name: "mac",
  operations: { GenerateMac, VerifyMac },
  keySpecs: ["HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512"],
  kinds: hmacKinds
} as const satisfies Group
