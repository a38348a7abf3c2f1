/**
 * Compares the layer with noble's where no test framework runs: the same seeded inputs through both, of sizes around the
 * one from which SubtleCrypto is asked, and what must be refused.
 */
import { type AesGcm, Crypto } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { largeFrom } from "@keystead/webcrypto/BySize"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import { need, same } from "./Need.ts"
import { checkRsa } from "./RsaCheck.ts"

const lengths = [0, 1, 15, 600, 65_536, 100_001].concat([-17, -16, -1, 0, 1, 16].map((more) => largeFrom + more))

const needSame = (web: Uint8Array, noble: Uint8Array, what: string) =>
  need(web.constructor === Uint8Array && same(web, noble), `Not the same: ${what}`)

/** Whether the bytes are refused as not authentic, and not in another way. */
const refused = (cipher: AesGcm, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array) =>
  Effect.match(cipher.open(nonce, aad, sealed), { onSuccess: () => false, onFailure: () => true })

const checkSealing = Effect.fnUntraced(
  function*(web: AesGcm, noble: AesGcm, random: Noble.RandomSource, length: number) {
    const [nonce, aad, plaintext] = [random(12), random(length % 70), random(length)]
    const what = `${length} bytes`
    const sealed = yield* noble.seal(nonce, aad, plaintext)
    yield* needSame(yield* web.seal(nonce, aad, plaintext), sealed, what)
    const { ciphertext, tag } = yield* web.sealDetached(nonce, aad, plaintext)
    yield* needSame(ciphertext, sealed.subarray(0, length), `${what}, detached`)
    yield* needSame(tag, sealed.subarray(length), `the tag of ${what}`)
    yield* needSame(yield* web.open(nonce, aad, sealed), plaintext, `${what}, opened`)
    for (const at of [0, length >> 1, length, length + 15]) {
      const changed = sealed.with(at, (sealed[at] ?? 0) ^ 0x10)
      yield* need(yield* refused(web, nonce, aad, changed), `${what}, changed at ${at}, are opened`)
    }
    yield* need(yield* refused(web, nonce, Uint8Array.of(...aad, 0), sealed), `${what} are opened with other data`)
    yield* need(yield* refused(web, random(12), aad, sealed), `${what} are opened with another nonce`)
    yield* need(yield* refused(web, nonce, aad, sealed.subarray(1)), `${what} are opened without their first byte`)
  }
)

const check = Effect.gen(function*() {
  const random = insecureSeeded("cross-check")
  const web = yield* Crypto
  const noble = Noble.make(random)
  for (let round = 0; round < 3; round++) {
    for (const length of lengths) {
      const key = random(32)
      yield* checkSealing(yield* web.aesGcm(key), yield* noble.aesGcm(key), random, length)
    }
    const [key, salt, info] = [random(32 + round), random(round * 40), random(round * 500)]
    yield* needSame(yield* web.sha256(salt), yield* noble.sha256(salt), "SHA-256")
    yield* needSame(yield* web.hmacSha256(salt, info), yield* noble.hmacSha256(salt, info), "HMAC")
    const [ours, theirs] = [yield* web.derivation(key), yield* noble.derivation(key)]
    yield* needSame(yield* ours.derive(info, 76), yield* theirs.derive(info, 76), "the derivation")
    const [one = key] = yield* web.hkdfSha512Each(key, salt, [info], 100)
    const [other = salt] = yield* noble.hkdfSha512Each(key, salt, [info], 100)
    yield* needSame(one, other, "HKDF")
  }
})

/** Arguments in memory that is written over as soon as the next are asked for: hosts must have copied them by then. */
const inOneMemory = function*(contents: ReadonlyArray<Uint8Array>) {
  const [nonce, aad, bytes] = [new Uint8Array(12), new Uint8Array(40), new Uint8Array(100_000)]
  for (const [at, content] of contents.entries()) {
    nonce.fill(at)
    aad.fill(at)
    bytes.set(content)
    const part = bytes.subarray(0, content.length)
    yield { nonce, aad, plaintext: part, sealed: part }
    for (const each of [nonce, aad, bytes]) each.fill(0xff)
  }
}

/** Frames in flight together, under a key that is imported by the first of them. */
const checkTogether = Effect.gen(function*() {
  const key = new Uint8Array(32).fill(9)
  const [web, noble] = [yield* (yield* Crypto).aesGcm(key), yield* Noble.make(insecureSeeded("")).aesGcm(key)]
  const plaintexts = Array.from({ length: 8 }, (_, at) => new Uint8Array(largeFrom << at % 4).fill(at))
  const sealed = yield* web.sealEach(inOneMemory(plaintexts))
  const whole: Array<Uint8Array> = []
  for (const [at, plaintext] of plaintexts.entries()) {
    const { ciphertext = key, tag = key } = sealed[at] ?? {}
    whole.push(Uint8Array.of(...ciphertext, ...tag))
    const alone = yield* noble.seal(new Uint8Array(12).fill(at), new Uint8Array(40).fill(at), plaintext)
    yield* needSame(whole[at] ?? key, alone, `frame ${at} of several`)
  }
  const opened = yield* web.openEach(inOneMemory(whole))
  for (const [at, plaintext] of plaintexts.entries()) {
    yield* needSame(opened[at] ?? key, plaintext, `frame ${at}, opened`)
  }
  const broken = web.openEach(inOneMemory(whole.with(5, key)))
  const taken = yield* Effect.match(broken, { onSuccess: () => true, onFailure: () => false })
  yield* need(!taken, "Frames are opened of which one is broken")
})

/** Entropy of any length, which does not repeat. */
const checkRandom = Effect.gen(function*() {
  const { randomBytes } = yield* Crypto
  for (const length of [0, 1, 256, 257, 65_536, 65_537, 200_000]) {
    const bytes = yield* randomBytes(length)
    yield* need(bytes.length === length, `${length} random bytes are ${bytes.length}`)
    const end = bytes.subarray(-16)
    yield* need(length < 16 || end.some((byte) => byte !== 0), `${length} random bytes end in zeros`)
  }
  yield* need(!same(yield* randomBytes(32), yield* randomBytes(32)), "Random bytes repeat")
})

/** Nothing if all is well, or what is not. */
export const crossCheck = (): Promise<string> =>
  Effect.runPromise(
    Effect.provide(Effect.all([check, checkTogether, checkRandom, checkRsa], { discard: true }), WebCrypto.layer)
  ).then(() => "", String)
