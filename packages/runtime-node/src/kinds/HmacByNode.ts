/** HMAC by `node:crypto`. */
import type { KeyKind, PreparedKey } from "@keystead/core/crypto/KeyKind"
import { hmacKinds } from "@keystead/core/crypto/kinds/Hmac"
import * as Effect from "effect/Effect"
import { createHmac, createSecretKey } from "node:crypto"
import { held, plain } from "./KeyObjects.ts"

const prepare = (hash: string, bytes: Uint8Array): PreparedKey => {
  const key = held(createSecretKey(bytes))
  return {
    mac: (message) => Effect.sync(() => plain(createHmac(hash, key.get()).update(message).digest())),
    wipe: key.letGo
  }
}

/** The core's kinds of HMAC keys, with codes made by `node:crypto`. */
export const nodeHmacKinds: ReadonlyArray<KeyKind> = hmacKinds.map((kind) => ({
  ...kind,
  prepare: (bytes) => Effect.sync(() => prepare(`sha${kind.keySpec.slice(-3)}`, bytes))
}))
