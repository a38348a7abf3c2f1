/** What envelope encryption cannot do without: AES-256-GCM over each frame, with the frame's nonce and additional data. */
import { frameData } from "@keystead/core/envelope/Frames"
import { defaultFrameLength } from "@keystead/core/envelope/Limits"
import { type CipherKey, createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto"

const algorithm = "aes-256-gcm"
const options = { authTagLength: 16 }
const bytes = randomBytes(32)
const data = frameData(randomBytes(32))

/** The key as Node takes it fastest, and as bytes. */
export const keys = { object: createSecretKey(bytes), bytes }

/** A frame that is sealed. */
export interface Frame {
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

/** Seals frame after frame, and gives each away. */
export const seal = (key: CipherKey, pieces: ReadonlyArray<Uint8Array>, give: (frame: Frame) => void): void => {
  let sequence = 1
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += defaultFrameLength) {
      const cipher = createCipheriv(algorithm, key, data.nonce(sequence), options)
      cipher.setAAD(data.associated("regular", sequence++, defaultFrameLength))
      const ciphertext = cipher.update(piece.subarray(at, at + defaultFrameLength))
      cipher.final()
      give({ ciphertext, tag: cipher.getAuthTag() })
    }
  }
}

/** Opens what `seal` gave away. */
export const open = (key: CipherKey, frames: ReadonlyArray<Frame>): void => {
  let sequence = 1
  for (const { ciphertext, tag } of frames) {
    const decipher = createDecipheriv(algorithm, key, data.nonce(sequence), options)
    decipher.setAAD(data.associated("regular", sequence++, defaultFrameLength))
    decipher.setAuthTag(tag)
    decipher.update(ciphertext)
    decipher.final()
  }
}
