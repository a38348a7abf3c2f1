/** Ed25519 keys (`EdwardsWith.ts`), with the curve loaded. */
import * as Curve from "./EdwardsCurve.ts"
import { edwardsKindsWith } from "./EdwardsWith.ts"

export const edwardsKinds = edwardsKindsWith(Curve)
