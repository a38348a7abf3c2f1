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

const tagLength = options.authTagLength

/** Seals frame after frame, and gives each away. */
export const seal = (
  key: CipherKey,
  pieces: ReadonlyArray<Uint8Array>,
  give: (ciphertext: Uint8Array, tag: Uint8Array) => void
): void => {
  let sequence = 1
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += defaultFrameLength) {
      const cipher = createCipheriv(algorithm, key, data.nonce(sequence), options)
      cipher.setAAD(data.associated("regular", sequence++, defaultFrameLength))
      const ciphertext = cipher.update(piece.subarray(at, at + defaultFrameLength))
      cipher.final()
      give(ciphertext, cipher.getAuthTag())
    }
  }
}

/** The frames of these pieces, each with its tag behind it. */
export const sealed = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const frames: Array<Uint8Array> = []
  seal(keys.object, pieces, (ciphertext, tag) => frames.push(ciphertext, tag))
  return Buffer.concat(frames)
}

/** Opens what `sealed` gave, frame after frame. */
export const open = (key: CipherKey, frames: Uint8Array): void => {
  let sequence = 1
  for (let at = 0; at < frames.length; at += defaultFrameLength + tagLength) {
    const tagAt = at + defaultFrameLength
    const decipher = createDecipheriv(algorithm, key, data.nonce(sequence), options)
    decipher.setAAD(data.associated("regular", sequence++, defaultFrameLength))
    decipher.setAuthTag(frames.subarray(tagAt, tagAt + tagLength))
    decipher.update(frames.subarray(at, tagAt))
    decipher.final()
  }
}
