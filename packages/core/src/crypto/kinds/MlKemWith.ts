/**
 * ML-KEM keys (FIPS 203): encapsulation by 32 bytes of the Crypto service, and decapsulation with implicit rejection.
 *
 * A ciphertext of the right length always gives a shared secret. If it was changed on its way, or made for another key,
 * the secret is one that nobody else knows (FIPS 203, algorithm 18), and no error tells so.
 */
import type { MLKEM } from "@noble/post-quantum/ml-kem.js"
import * as Effect from "effect/Effect"
import { Crypto } from "../Crypto.ts"
import { type Encapsulated, type EncapsulatingKind, type PreparedKey, UnusableKey } from "../KeyKind.ts"
import * as SeedKey from "./SeedKey.ts"
import { mlKemUsages } from "./Usages.ts"

/** NIST's arc for key encapsulation mechanisms (RFC 9935, section 3). */
const kems = 4

/** The two seeds d and z, of 32 bytes each (FIPS 203, algorithm 16). */
const seedLength = 64
const randomLength = 32

const prepare = (kem: MLKEM, secretKey: Uint8Array): PreparedKey => ({
  decapsulate: (ciphertext) =>
    Effect.suspend(() =>
      ciphertext.length === kem.lengths.cipherText
        ? Effect.succeed(kem.decapsulate(ciphertext, secretKey))
        : Effect.fail(new UnusableKey())
    ),
  wipe: () => void secretKey.fill(0)
})

const encapsulate = (kem: MLKEM, publicKey: Uint8Array): Effect.Effect<Encapsulated, never, Crypto> =>
  Effect.map(Crypto.use((crypto) => crypto.randomBytes(randomLength)), (random) => {
    const { cipherText, sharedSecret } = kem.encapsulate(publicKey, random)
    random.fill(0)
    return { ciphertext: cipherText, sharedSecret }
  })

const make = (keySpec: keyof typeof mlKemUsages, kem: MLKEM, member: number): EncapsulatingKind => {
  const { expand, generate, publicKeyOf, read } = SeedKey.make([kems, member], seedLength, kem.keygen)
  return {
    keySpec,
    usages: mlKemUsages[keySpec],
    generate,
    read,
    prepare: (bytes) => Effect.sync(() => prepare(kem, expand(bytes).secretKey)),
    encapsulate: (publicKey) => Effect.suspend(() => encapsulate(kem, publicKeyOf(publicKey)))
  }
}

/** The algorithms, by noble. */
export type Kems = Readonly<Record<"ml_kem512" | "ml_kem768" | "ml_kem1024", MLKEM>>

/** ML_KEM_512, ML_KEM_768 and ML_KEM_1024. */
export const mlKemKindsWith = ({ ml_kem1024, ml_kem512, ml_kem768 }: Kems): ReadonlyArray<EncapsulatingKind> => [
  make("ML_KEM_512", ml_kem512, 1),
  make("ML_KEM_768", ml_kem768, 2),
  make("ML_KEM_1024", ml_kem1024, 3)
]
