/** ML-KEM keys (`MlKemWith.ts`), with the algorithms loaded. */
import * as Encapsulations from "./Encapsulations.ts"
import { mlKemKindsWith } from "./MlKemWith.ts"

export const mlKemKinds = mlKemKindsWith(Encapsulations)
