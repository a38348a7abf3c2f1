/** ML-DSA keys (`MlDsaWith.ts`), with the algorithms loaded. */
import { mlDsaKindsWith } from "./MlDsaWith.ts"
import * as Signatures from "./Signatures.ts"

export const mlDsaKinds = mlDsaKindsWith(Signatures)
