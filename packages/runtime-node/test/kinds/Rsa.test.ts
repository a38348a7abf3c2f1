import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { nodeKinds } from "@keystead/runtime-node/kinds/NodeKinds"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import { describeRsa } from "../../../core/test/support/RsaKind.ts"

await describeRsa({ kinds: nodeKinds, layer: (seed) => NodeCrypto.layerWith(insecureSeeded(seed)), bare: true })
