/**
 * What a small message cannot do without: randomness, a wrapped data key, two keys derived by HKDF, a tag for the header
 * and one frame. Nothing is put together to a message, nor read from one.
 */
import { pooledRandom } from "@keystead/core/crypto/PooledRandom"
import { frameData } from "@keystead/core/envelope/Frames"
import { hkdfSha512 } from "@keystead/runtime-node/HkdfSha512"
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from "node:crypto"
import { small } from "./Pieces.ts"
import { wrappingKey } from "./WrappingKey.ts"

const algorithm = "aes-256-gcm"
const options = { authTagLength: 16 }
const random = pooledRandom(randomFillSync)
const wrapping = createSecretKey(wrappingKey)
const infos = [new Uint8Array(11), new Uint8Array(9)]

/** As long as those of the messages that are measured. */
const [context, header] = [new Uint8Array(18), new Uint8Array(216)]
const associated = frameData(new Uint8Array(32)).associated("final", 1, small.length)
const [headerNonce, frameNonce] = [new Uint8Array(12), new Uint8Array(12).fill(1)]
const nothing = new Uint8Array(0)

interface Sealed {
  readonly nonce: Uint8Array
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

const encrypt = (key: KeyObject, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Sealed => {
  const cipher = createCipheriv(algorithm, key, nonce, options)
  cipher.setAAD(aad)
  const ciphertext = plaintext.length === 0 ? nothing : cipher.update(plaintext)
  cipher.final()
  return { nonce, ciphertext, tag: cipher.getAuthTag() }
}

const decrypt = (key: KeyObject, aad: Uint8Array, { ciphertext, nonce, tag }: Sealed): Uint8Array => {
  const decipher = createDecipheriv(algorithm, key, nonce, options)
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  const plaintext = ciphertext.length === 0 ? nothing : decipher.update(ciphertext)
  decipher.final()
  return plaintext
}

const derive = (dataKey: Uint8Array, messageId: Uint8Array): KeyObject => {
  const [key = nothing] = hkdfSha512(dataKey, messageId, infos, 32)
  return createSecretKey(key)
}

/** Everything that is sealed for 1 KiB. */
export const seal = () => {
  const [dataKey, nonce, messageId] = [random(32), random(12), random(32)]
  const wrapped = encrypt(wrapping, nonce, context, dataKey)
  const key = derive(dataKey, messageId)
  return {
    messageId,
    wrapped,
    head: encrypt(key, headerNonce, header, nothing),
    frame: encrypt(key, frameNonce, associated, small)
  }
}

/** Opens it. */
export const open = ({ frame, head, messageId, wrapped }: ReturnType<typeof seal>): Uint8Array => {
  const key = derive(decrypt(wrapping, context, wrapped), messageId)
  decrypt(key, header, head)
  return decrypt(key, associated, frame)
}
