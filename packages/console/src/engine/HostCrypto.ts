/** The Crypto service of the worker. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import type * as Layer from "effect/Layer"

const randomBytes = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  // The host gives at most so many at a time.
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

export const layer: Layer.Layer<Crypto> = Noble.layer(randomBytes)
