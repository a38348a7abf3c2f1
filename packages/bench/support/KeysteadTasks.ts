/** The process of Keystead, and of the bare cipher. */
import * as Bare from "./BareFrames.ts"
import * as BareMessage from "./BareMessage.ts"
import { pieces } from "./Pieces.ts"
import * as Sealing from "./Sealing.ts"
import { serve } from "./Task.ts"

const message = await Sealing.sealedPieces(pieces)
const frames = Bare.sealed(pieces)
const smallMessage = Sealing.seal()
const bareMessage = BareMessage.seal()
const forget = () => {}

serve(
  new Map<string, () => unknown>([
    ["seal large, bare", () => Bare.seal(Bare.keys.object, pieces, forget)],
    ["seal large, bare, bytes", () => Bare.seal(Bare.keys.bytes, pieces, forget)],
    ["seal large", () => Sealing.sealStream(pieces)],
    ["open large, bare", () => Bare.open(Bare.keys.object, frames)],
    ["open large, bare, bytes", () => Bare.open(Bare.keys.bytes, frames)],
    ["open large", () => Sealing.openStream(message)],
    ["seal small, bare", BareMessage.seal],
    ["seal small", Sealing.seal],
    ["open small, bare", () => BareMessage.open(bareMessage)],
    ["open small", () => Sealing.open(smallMessage)]
  ])
)
