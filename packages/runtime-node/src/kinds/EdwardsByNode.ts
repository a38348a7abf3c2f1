/** Ed25519 by `node:crypto`: signing and verifying give the same everywhere. It has no Ed25519ph; that is the core's. */
import type { KeyKind, Signed, SigningKind } from "@keystead/core/crypto/KeyKind"
import { edwardsKinds } from "@keystead/core/crypto/kinds/Edwards"
import * as Effect from "effect/Effect"
import { sign, verify } from "node:crypto"
import { held, plain, privateKeyOf, publicKeyOf } from "./KeyObjects.ts"

const isPure = ({ algorithm }: Signed): boolean => algorithm === "ED25519_SHA_512"

const prepare = (kind: SigningKind): SigningKind["prepare"] => (bytes) =>
  Effect.suspend(() => {
    const ours = held(privateKeyOf(bytes))
    return Effect.map(kind.prepare(bytes), (key) => ({
      ...key,
      sign: (signed) =>
        isPure(signed) ? Effect.sync(() => plain(sign(null, signed.message, ours.get()))) : key.sign(signed),
      wipe: () => {
        ours.letGo()
        key.wipe()
      }
    }))
  })

/** The core's kind of Ed25519 keys, faster for ED25519_SHA_512. */
export const nodeEdwardsKinds: ReadonlyArray<KeyKind> = edwardsKinds.map((kind) => ({
  ...kind,
  prepare: prepare(kind),
  verify: (publicKey, signed, signature) =>
    isPure(signed)
      ? Effect.sync(() => verify(null, signed.message, publicKeyOf(publicKey), signature))
      : kind.verify(publicKey, signed, signature)
}))
