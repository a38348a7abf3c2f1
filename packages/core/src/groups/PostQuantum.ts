/** Keys that withstand quantum computers. */
import { mlDsaKinds } from "../crypto/kinds/MlDsa.ts"
import { mlKemKinds } from "../crypto/kinds/MlKem.ts"
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
  kinds: [...mlDsaKinds, ...mlKemKinds]
} as const satisfies Group
