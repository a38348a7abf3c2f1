/**
 * The primitives of a Worker: AES and HKDF by the host, and noble's for the rest, over the host's entropy. Small plaintexts
 * go by the host, too: noble would make its tables for AES first, as the isolate starts.
 */
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as NobleHashes from "@keystead/core/crypto/NobleHashes"
import { pooledRandom } from "@keystead/core/crypto/PooledRandom"
import { maxHkdfLength, needAesKey, needInfo, needLength } from "@keystead/core/crypto/Preconditions"
import { subtleAesGcm } from "@keystead/webcrypto/SubtleAesGcm"
import { unshared } from "@keystead/webcrypto/Unshared"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** RFC 5869, of a key that is used once: the root key, when an isolate starts, for which noble is slow as long as it is cold. */
const hkdfSha512Each: Crypto["Service"]["hkdfSha512Each"] = (key, salt, infos, length) =>
  Effect.promise(async () => {
    needLength(length, maxHkdfLength)
    infos.forEach(needInfo)
    const { subtle } = crypto
    const secret = await subtle.importKey("raw", unshared(key), "HKDF", false, ["deriveBits"])
    const derive = async (info: Uint8Array): Promise<Uint8Array> => {
      const parameters = { name: "HKDF", hash: "SHA-512", salt: unshared(salt), info: unshared(info) }
      return new Uint8Array(await subtle.deriveBits(parameters, secret, length * 8))
    }
    return await Promise.all(infos.map(derive))
  })

const make = () =>
  Context.make(
    Crypto,
    Crypto.of({
      ...NobleHashes.make(pooledRandom((bytes) => crypto.getRandomValues(bytes))),
      hkdfSha512Each,
      aesGcm: (key) =>
        Effect.sync(() => {
          needAesKey(key)
          return subtleAesGcm(crypto.subtle, key)
        })
    })
  )

let made: Context.Context<Crypto> | undefined

/** Made when they are first needed. */
export const primitives = (): Context.Context<Crypto> => made ??= make()
