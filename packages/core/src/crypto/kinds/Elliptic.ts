/** Keys on P-256, P-384, P-521 and secp256k1 (`EllipticWith.ts`), with the curves loaded. */
import * as Curves from "./Curves.ts"
import { ellipticKindsWith } from "./EllipticWith.ts"

export const ellipticKinds = ellipticKindsWith(Curves)
