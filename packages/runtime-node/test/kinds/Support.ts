/** The kinds of both layers, and running them. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import { edwardsKinds } from "@keystead/core/crypto/kinds/Edwards"
import { ellipticKinds } from "@keystead/core/crypto/kinds/Elliptic"
import { hmacKinds } from "@keystead/core/crypto/kinds/Hmac"
import { mlDsaKinds } from "@keystead/core/crypto/kinds/MlDsa"
import { mlKemKinds } from "@keystead/core/crypto/kinds/MlKem"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { nodeKinds } from "@keystead/runtime-node/kinds/NodeKinds"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"

/** Each spec that both layers have, with the core's kind and Node's. */
export const pairs: ReadonlyArray<readonly [string, KeyKind, KeyKind]> = [
  ...hmacKinds,
  ...ellipticKinds,
  ...edwardsKinds,
  ...mlDsaKinds,
  ...mlKemKinds
].map((noble) => [noble.keySpec, noble, kindOf(noble.keySpec)])

/** Node's kind of a spec. */
export function kindOf(keySpec: string): KeyKind {
  const kind = nodeKinds.find((kind) => kind.keySpec === keySpec)
  if (kind === undefined) throw new Error(`There is no kind ${keySpec}`)
  return kind
}

/** Runs the program with the random bytes that the seed stands for. */
export const run = <A, E>(program: Effect.Effect<A, E, Crypto>, seed = "kinds"): Promise<A> =>
  Effect.runPromise(Effect.provide(program, NodeCrypto.layerWith(insecureSeeded(seed))))

/** The member, which the kind of key must have. */
export const has = <F>(member: F | undefined): F => {
  if (member === undefined) throw new Error("This kind of key cannot do that")
  return member
}

/** The bytes with one bit changed, counted round. */
export const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const bit = at % (bytes.length * 8)
  return bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
}
