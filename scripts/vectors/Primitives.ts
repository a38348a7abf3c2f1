/** What the Crypto service is held to, by the name that Wycheproof gives the algorithm: one entry a primitive. */
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as Effect from "effect/Effect"
import { bytes, type Group, number, type Test } from "./WycheproofFile.ts"

/** How a layer fares with the tests of an algorithm. */
export interface Primitive {
  /** What is tested, as the report calls it. */
  readonly name: string
  /** Why these parameters are not offered; undefined if they are. */
  readonly skip: (group: Group, test: Test) => string | undefined
  /** Whether the layer accepts and confirms the test's values. A failure or a defect is a refusal. */
  readonly accepts: (test: Test) => Effect.Effect<boolean, unknown, Crypto>
}

const same = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0

/** Skips the group unless each of its parameters, in bits, is the one that the service offers. */
const only = (offered: Readonly<Record<string, number>>) => (group: Group): string | undefined => {
  for (const [name, size] of Object.entries(offered)) {
    const given = number(group, name)
    if (given !== size) return `${name} is not ${size}`
  }
  return undefined
}

const aesGcm: Primitive = {
  name: "Crypto.aesGcm",
  skip: only({ keySize: 256, ivSize: 96, tagSize: 128 }),
  accepts: Effect.fnUntraced(function*(test) {
    const [nonce, aad, message] = [bytes(test, "iv"), bytes(test, "aad"), bytes(test, "msg")]
    const cipher = yield* (yield* Crypto).aesGcm(bytes(test, "key"))
    const sealed = Uint8Array.of(...bytes(test, "ct"), ...bytes(test, "tag"))
    const opened = yield* cipher.open(nonce, aad, sealed)
    return same(opened, message) && same(yield* cipher.seal(nonce, aad, message), sealed)
  })
}

const hmacSha256: Primitive = {
  name: "Crypto.hmacSha256",
  skip: only({ tagSize: 256 }),
  accepts: Effect.fnUntraced(function*(test) {
    const mac = yield* (yield* Crypto).hmacSha256(bytes(test, "key"), bytes(test, "msg"))
    return same(mac, bytes(test, "tag"))
  })
}

const hkdfSha512: Primitive = {
  name: "Crypto.hkdfSha512",
  skip: () => undefined,
  accepts: Effect.fnUntraced(function*(test) {
    const [key, salt, info] = [bytes(test, "ikm"), bytes(test, "salt"), bytes(test, "info")]
    const [derived] = yield* (yield* Crypto).hkdfSha512Each(key, salt, [info], number(test, "size"))
    return derived !== undefined && same(derived, bytes(test, "okm"))
  })
}

/** The primitives that the Crypto service has. */
export const primitives: ReadonlyMap<string, Primitive> = new Map([
  ["AES-GCM", aesGcm],
  ["HMACSHA256", hmacSha256],
  ["HKDF-SHA-512", hkdfSha512]
])
