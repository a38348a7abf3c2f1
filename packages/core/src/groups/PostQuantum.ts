/** Keys that withstand quantum computers. */
import { encapsulatingLater, signingLater } from "../crypto/kinds/Later.ts"
import { mlDsaKindsWith } from "../crypto/kinds/MlDsaWith.ts"
import { mlKemKindsWith } from "../crypto/kinds/MlKemWith.ts"
import { mlDsaUsages, mlKemUsages } from "../crypto/kinds/Usages.ts"
import { Decapsulate } from "../operations/Decapsulate.ts"
import { Encapsulate } from "../operations/Encapsulate.ts"
import { GetPublicKey } from "../operations/GetPublicKey.ts"
import { Sign } from "../operations/Sign.ts"
import { Verify } from "../operations/Verify.ts"
import type { Group } from "./Group.ts"

/** ML-DSA for signatures (FIPS 204) and ML-KEM for shared secrets (FIPS 203). */
export const postQuantum = {
  name: "post-quantum",
  operations: { Decapsulate, Encapsulate, GetPublicKey, Sign, Verify },
  keySpecs: ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"],
  kinds: [
    ...signingLater(mlDsaUsages, async () => mlDsaKindsWith(await import("../crypto/kinds/Signatures.ts"))),
    ...encapsulatingLater(mlKemUsages, async () => mlKemKindsWith(await import("../crypto/kinds/Encapsulations.ts")))
  ]
} as const satisfies Group
