/** A Crypto service that remembers every secret that goes through it, and whether it was overwritten. */
import { type AesGcm, Crypto, type Derivation } from "@keystead/core/crypto/Crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** A secret as it was, and the array that held it, which should be overwritten. */
export interface Secret {
  readonly copy: Uint8Array
  readonly held: Uint8Array
}

/** What was seen. */
export interface Recorded {
  /** Bytes of key material, data keys, derived keys and keys of the root key: 16 random bytes are ids and salts. */
  readonly secrets: Array<Secret>
  /** What AES-GCM opened: unwrapped key material, and plaintexts. */
  readonly opened: Array<Secret>
  /** Prepared derivations, and whether their state was overwritten. */
  readonly derivations: Array<{ wiped: number }>
}

const saltLength = 16
const aesKeyLength = 32

/** The layer over another, and what it has seen so far. */
export const recording = (
  inner: Layer.Layer<Crypto>
): { readonly layer: Layer.Layer<Crypto>; readonly seen: Recorded } => {
  const seen: Recorded = { secrets: [], opened: [], derivations: [] }
  const remember = (held: Uint8Array, where = seen.secrets): void => {
    where.push({ copy: held.slice(), held })
  }
  const watch = (cipher: AesGcm): AesGcm => ({
    ...cipher,
    open: (nonce, aad, sealed) =>
      Effect.tap(cipher.open(nonce, aad, sealed), (bytes) => Effect.sync(() => remember(bytes, seen.opened))),
    openEach: (all) =>
      Effect.tap(
        cipher.openEach(all),
        (opened) => Effect.sync(() => opened.forEach((each) => remember(each, seen.opened)))
      )
  })
  const wrap = (derivation: Derivation): Derivation => {
    const state = { wiped: 0 }
    seen.derivations.push(state)
    return {
      derive: (input, length) =>
        Effect.tap(derivation.derive(input, length), (derived) =>
          Effect.sync(() => {
            // A derivation of 32 bytes is the id of a material, which is no secret.
            if (length > aesKeyLength) remember(derived.subarray(0, aesKeyLength))
          })),
      wipe: () => {
        state.wiped++
        derivation.wipe()
      }
    }
  }
  const make = (crypto: Crypto["Service"]): Crypto["Service"] => ({
    ...crypto,
    randomBytes: (length) =>
      Effect.tap(crypto.randomBytes(length), (bytes) =>
        Effect.sync(() => {
          if (length > saltLength) remember(bytes)
        })),
    aesGcm: (key) => Effect.map(crypto.aesGcm(key), watch),
    derivation: (key) => Effect.map(crypto.derivation(key), wrap),
    hkdfSha512Each: (key, salt, infos, length) =>
      Effect.tap(
        crypto.hkdfSha512Each(key, salt, infos, length),
        (derived) => Effect.sync(() => derived.forEach((bytes) => remember(bytes)))
      )
  })
  return { layer: Layer.effect(Crypto, Effect.map(Crypto, make)).pipe(Layer.provide(inner)), seen }
}

/** Whether the text shows the bytes: raw, in hexadecimal, in base64 of any kind and offset, or as a list of numbers. */
export const shows = (text: string, secret: Uint8Array): boolean => {
  const bytes = Buffer.from(secret)
  if (text.toLowerCase().includes(bytes.toString("hex"))) return true
  if (text.includes(bytes.toString("latin1")) || text.includes(bytes.toString("utf8"))) return true
  if (text.replace(/\s/g, "").includes(bytes.join(","))) return true
  // Base64 of something longer shows the bytes from one of three offsets on; its ends depend on what stands beside.
  const normal = text.replaceAll("-", "+").replaceAll("_", "/")
  return [0, 1, 2].some((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64")
    return normal.includes(encoded.slice(offset === 0 ? 0 : 4, -4))
  })
}
