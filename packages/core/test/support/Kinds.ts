/** Kinds of keys in tests: all of the core's, and running them with a random source that repeats. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { type KeyKind, type PreparedKey, type Secret, type Signed } from "@keystead/core/crypto/KeyKind"
import { edwardsKinds } from "@keystead/core/crypto/kinds/Edwards"
import { ellipticKinds } from "@keystead/core/crypto/kinds/Elliptic"
import { hmacKinds } from "@keystead/core/crypto/kinds/Hmac"
import { mlDsaKinds } from "@keystead/core/crypto/kinds/MlDsa"
import { mlKemKinds } from "@keystead/core/crypto/kinds/MlKem"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Effect from "effect/Effect"

/** Every kind in pure JavaScript. */
export const nobleKinds: ReadonlyArray<KeyKind> = [
  ...hmacKinds,
  ...ellipticKinds,
  ...edwardsKinds,
  ...mlDsaKinds,
  ...mlKemKinds
]

/** The kind of a spec. */
export const kindOf = (kinds: ReadonlyArray<KeyKind>, keySpec: string): KeyKind => {
  const kind = kinds.find((kind) => kind.keySpec === keySpec)
  if (kind === undefined) throw new Error(`There is no kind ${keySpec}`)
  return kind
}

/** Runs the program with the random bytes that the seed stands for. */
export const run = <A, E>(program: Effect.Effect<A, E, Crypto>, seed = "kinds"): A =>
  Effect.runSync(Effect.provide(program, Noble.layer(insecureSeeded(seed))))

/** A key that the seed stands for. */
export const generate = (kind: KeyKind, seed = "kinds"): Secret => run(kind.generate, seed)

/** A new key, ready, with its public key. */
export const fresh = (kind: KeyKind, seed = "kinds"): { readonly key: PreparedKey; readonly publicKey: Uint8Array } => {
  const { bytes, publicKey = new Uint8Array(0) } = generate(kind, seed)
  return { key: run(kind.prepare(bytes)), publicKey }
}

/** What the kind makes of bytes: the secret, or undefined for UnusableKey. A defect fails the test. */
export const read = (kind: KeyKind, bytes: Uint8Array): Secret | undefined =>
  run(Effect.match(kind.read(bytes), { onFailure: () => undefined, onSuccess: (secret) => secret }))

/** The function, which the kind of key must have. */
export const has = <F>(member: F | undefined): F => {
  if (member === undefined) throw new Error("This kind of key cannot do that")
  return member
}

/** The bytes with one bit changed, counted round. */
export const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const bit = at % (bytes.length * 8)
  return bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
}

/** Hexadecimal digits, spaces between them allowed. */
export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ""), "hex"))

/** A way to sign: all but the message, and how many bytes that has, if the algorithm says so. */
export interface WayToSign extends Omit<Signed, "message"> {
  readonly length?: number
}

const waysOf = (algorithm: string): ReadonlyArray<WayToSign> => {
  const raw = { algorithm, messageType: "RAW" } as const
  const digest = { algorithm, messageType: "DIGEST", length: Number(algorithm.slice(-3)) / 8 } as const
  switch (algorithm) {
    case "ML_DSA_SHAKE_256":
      return [raw, { algorithm, messageType: "EXTERNAL_MU", length: 64 }]
    case "ED25519_SHA_512":
      return [raw]
    case "ED25519_PH_SHA_512":
      return [digest]
    default:
      return [raw, digest]
  }
}

/** Every way to sign by keys of the kind. */
export const waysToSign = (kind: KeyKind): ReadonlyArray<WayToSign> => (kind.usages.SIGN_VERIFY ?? []).flatMap(waysOf)
