/** What envelope encryption cannot do without in a browser: `crypto.subtle` over each frame. */
import { frameData } from "@keystead/core/envelope/Frames"
import { tagLength } from "@keystead/core/envelope/Limits"
import { unshared } from "@keystead/webcrypto/Unshared"
import { pieceLength, pieces } from "./Pieces.ts"

/** As long as the runtime makes them. */
const frameLength = 512 * 1024

const data = frameData(crypto.getRandomValues(new Uint8Array(32)))
const key = crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])

const parameters = (sequence: number): AesGcmParams => ({
  name: "AES-GCM",
  iv: unshared(data.nonce(sequence)),
  additionalData: unshared(data.associated("regular", sequence, frameLength)),
  tagLength: tagLength * 8
})

/** Seals frame after frame, and gives each away, its tag behind it. */
export const seal = async (give: (frame: Uint8Array<ArrayBuffer>) => void): Promise<void> => {
  const withKey = await key
  let sequence = 1
  for (const piece of pieces) {
    for (let at = 0; at < pieceLength; at += frameLength) {
      const frame = piece.subarray(at, at + frameLength)
      give(new Uint8Array(await crypto.subtle.encrypt(parameters(sequence++), withKey, frame)))
    }
  }
}

/** The frames of these pieces. */
export const sealed = async (): Promise<ReadonlyArray<Uint8Array<ArrayBuffer>>> => {
  const frames: Array<Uint8Array<ArrayBuffer>> = []
  await seal((frame) => frames.push(frame))
  return frames
}

/** Opens frames that `sealed` gave, one after the other. */
export const open = async (frames: ReadonlyArray<Uint8Array<ArrayBuffer>>): Promise<void> => {
  const withKey = await key
  let sequence = 1
  for (const frame of frames) await crypto.subtle.decrypt(parameters(sequence++), withKey, frame)
}
