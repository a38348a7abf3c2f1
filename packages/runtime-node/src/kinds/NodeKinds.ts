/**
 * Every kind of key that Keystead has on Node: RSA, which is Node's alone, and the core's kinds with `node:crypto` where
 * it gives the same, and faster (docs/decisions/0009-kinds-of-keys-on-node.md).
 */
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import { nodeEdwardsKinds } from "./EdwardsByNode.ts"
import { nodeEllipticKinds } from "./EllipticByNode.ts"
import { nodeHmacKinds } from "./HmacByNode.ts"
import { nodeMlDsaKinds, nodeMlKemKinds } from "./PostQuantumByNode.ts"
import { rsaKinds } from "./Rsa.ts"

export const nodeKinds: ReadonlyArray<KeyKind> = [
  ...rsaKinds,
  ...nodeEllipticKinds,
  ...nodeEdwardsKinds,
  ...nodeHmacKinds,
  ...nodeMlDsaKinds,
  ...nodeMlKemKinds
]
