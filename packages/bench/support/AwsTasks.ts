/** The process of `@aws-crypto/client-node`. */
import * as AwsSdk from "./AwsSdk.ts"
import { pieces } from "./Pieces.ts"
import { serve } from "./Task.ts"

const message = await AwsSdk.sealedPieces(pieces)
const smallMessage = await AwsSdk.seal()

serve(
  new Map<string, () => unknown>([
    ["seal large", () => AwsSdk.sealStream(pieces)],
    ["open large", () => AwsSdk.openStream(message)],
    ["seal small", AwsSdk.seal],
    ["open small", () => AwsSdk.open(smallMessage)]
  ])
)
