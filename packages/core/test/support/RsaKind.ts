/** What a host's kinds of RSA keys must keep: forms, signatures and ciphertexts, with OpenSSL as the other side. */
import { assert, describe, it } from "@effect/vitest"
import { type Crypto, NotAuthentic } from "@keystead/core/crypto/Crypto"
import { only, reader, tags, value } from "@keystead/core/crypto/Der"
import type { KeyKind, Signed } from "@keystead/core/crypto/KeyKind"
import { readPrivate, writePrivate } from "@keystead/core/crypto/kinds/KeyInfo"
import { UnsupportedOperationException } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import fc from "fast-check"
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  sign,
  verify
} from "node:crypto"
import type { CryptoLayer } from "./CryptoLayer.ts"
import { flipped, has, kindOf } from "./Kinds.ts"

/** id-RSASSA-PSS (RFC 4055, 3.1): for signing alone. */
const rsassaPss = Uint8Array.from(Buffer.from("06092a864886f70d01010a", "hex"))
const rsaEncryption = Uint8Array.from(Buffer.from("06092a864886f70d0101010500", "hex"))
const specs = [["RSA_2048", 2048], ["RSA_3072", 3072], ["RSA_4096", 4096]] as const
const messages = fc.uint8Array({ minLength: 1, maxLength: 200 })

/** The contents of the nine INTEGERs of an RSAPrivateKey. */
const numbersOf = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const all = reader(only(tags.sequence, readPrivate(rsaEncryption, bytes).privateKey))
  return Array.from({ length: 9 }, () => all.next(tags.integer))
}

const withNumbers = (numbers: ReadonlyArray<Uint8Array>, algorithm = rsaEncryption): Uint8Array =>
  writePrivate(algorithm, value(tags.sequence, ...numbers.map((number) => value(tags.integer, number))))

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`)

/** An INTEGER's contents. */
const contentsOf = (number: bigint): Uint8Array => {
  const digits = number.toString(16)
  const even = digits.length % 2 === 0 ? digits : `0${digits}`
  return Uint8Array.from(Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex"))
}

/** The inverse, by Euclid's algorithm. */
const inverse = (number: bigint, modulus: bigint): bigint => {
  const step = (a: bigint, b: bigint, x: bigint, y: bigint): bigint => b === 0n ? x : step(b, a % b, y, x - (a / b) * y)
  return ((step(number % modulus, modulus, 1n, 0n) % modulus) + modulus) % modulus
}

/** A key whose numbers fit together, but whose larger "prime" is the next odd number that has an inverse of e. */
const composite = (p: bigint, q: bigint): Uint8Array => {
  const e = 65_537n
  const other = [2n, 4n, 6n, 8n].map((more) => p + more).find((odd) => gcd(e, odd - 1n) === 1n && odd % 3n === 0n)
  const large = other ?? p + 2n
  const d = inverse(e, ((large - 1n) * (q - 1n)) / gcd(large - 1n, q - 1n))
  return withNumbers(
    [0n, large * q, e, d, large, q, d % (large - 1n), d % (q - 1n), inverse(q, large)].map(contentsOf)
  )
}

const gcd = (one: bigint, other: bigint): bigint => other === 0n ? one : gcd(other, one % other)

/** How OpenSSL is told of a signing algorithm. */
const nodeOptions = (algorithm: string) => ({
  hash: `sha${algorithm.slice(-3)}`,
  padding: algorithm.startsWith("RSASSA_PSS") ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
})

/** What a host gives RSA keys. */
export interface RsaHost {
  readonly kinds: ReadonlyArray<KeyKind>
  /** Its layer, over a random source that the seed stands for. */
  readonly layer: (seed: string) => CryptoLayer
  /** Whether it has the bare operation: it signs digests, and draws the salts of PSS from the Crypto service. */
  readonly bare: boolean
}

/** The tests of a host's RSA keys. */
export const describeRsa = async ({ bare, kinds, layer }: RsaHost): Promise<void> => {
  const run = <A, E>(program: Effect.Effect<A, E, Crypto>, seed = "kinds"): Promise<A> =>
    Effect.runPromise(Effect.provide(program, Layer.orDie(layer(seed))))
  const read = (kind: KeyKind, bytes: Uint8Array) =>
    run(Effect.match(kind.read(bytes), { onFailure: () => undefined, onSuccess: (secret) => secret }))
  const kind = kindOf(kinds, "RSA_2048")
  const secret = await run(kind.generate)
  const publicKey = has(secret.publicKey)
  const key = await run(kind.prepare(secret.bytes))
  const privateNode = createPrivateKey({ key: Buffer.from(secret.bytes), format: "der", type: "pkcs8" })
  const publicNode = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" })

  describe.each(specs)("%s", (keySpec, bits) => {
    it("makes keys of its size, which OpenSSL reads, and which it reads from OpenSSL", async () => {
      const kind = kindOf(kinds, keySpec)
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: bits })
      const bytes = Uint8Array.from(privateKey.export({ format: "der", type: "pkcs8" }))
      const secret = has(await read(kind, bytes))
      assert.deepStrictEqual(secret.bytes, bytes)
      assert.deepStrictEqual(secret.publicKey, Uint8Array.from(publicKey.export({ format: "der", type: "spki" })))
      for (const [other] of specs) {
        if (other !== keySpec) assert.isUndefined(await read(kindOf(kinds, other), bytes))
      }
    })
  })

  describe("RSA keys", () => {
    it("are read as they were made, p and q in either order, d in either of its sizes", async () => {
      assert.deepStrictEqual(await read(kind, secret.bytes), secret)
      assert.deepStrictEqual(privateNode.export({ format: "der", type: "pkcs8" }), Buffer.from(secret.bytes))
      const [version, n, e, d, p, q, dp, dq] = numbersOf(secret.bytes).map(numberOf)
      assert(n !== undefined && e !== undefined && d !== undefined && p !== undefined && q !== undefined)
      assert(version === 0n && dp !== undefined && dq !== undefined)
      assert.deepStrictEqual(
        await read(kind, withNumbers([0n, n, e, d, q, p, dq, dp, inverse(p, q)].map(contentsOf))),
        secret
      )
      const phi = (p - 1n) * (q - 1n)
      const larger = d + phi / gcd(p - 1n, q - 1n)
      const same = [0n, n, e, larger, p, q, larger % (p - 1n), larger % (q - 1n)].map(contentsOf)
      assert.deepStrictEqual(await read(kind, withNumbers([...same, has(numbersOf(secret.bytes)[8])])), secret)
    })

    it("are refused when a bit is changed, a number is missing, or anything is left over", async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), async (at) => {
          // The version may also be that of RFC 5958, which says the same.
          assert.deepStrictEqual(await read(kind, flipped(secret.bytes, at)) ?? secret, secret)
        }),
        { numRuns: 60 }
      )
      const numbers = numbersOf(secret.bytes)
      for (const [at, number] of numbers.entries()) {
        assert.isUndefined(await read(kind, withNumbers(numbers.with(at, flipped(number, number.length * 8 - 7)))))
        assert.isUndefined(await read(kind, withNumbers(numbers.toSpliced(at, 1))))
      }
      assert.isUndefined(await read(kind, withNumbers([...numbers, Uint8Array.of(1)])))
      const [n = 0n, d = 0n, p = 0n, q = 0n, inverseOfQ = 0n] = [1, 3, 4, 5, 8].map((at) => numberOf(has(numbers[at])))
      // Exponents that fit one of the primes only, with everything else as it must be.
      for (const other of [d + p - 1n, d + q - 1n]) {
        const all = [0n, n, 65_537n, other, p, q, other % (p - 1n), other % (q - 1n), inverseOfQ]
        assert.isUndefined(await read(kind, withNumbers(all.map(contentsOf))))
      }
      assert.isUndefined(await read(kind, Uint8Array.of(...secret.bytes, 0)))
      for (const length of [0, 10, secret.bytes.length - 1]) {
        assert.isUndefined(await read(kind, secret.bytes.subarray(0, length)))
      }
    })

    it("are refused with another public exponent, another purpose, or factors that are no primes", async () => {
      const other = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 })
      assert.isUndefined(await read(kind, other.privateKey.export({ format: "der", type: "pkcs8" })))
      assert.isUndefined(await read(kind, withNumbers(numbersOf(secret.bytes), rsassaPss)))
      const curve = generateKeyPairSync("ec", { namedCurve: "P-256" })
      assert.isUndefined(await read(kind, curve.privateKey.export({ format: "der", type: "pkcs8" })))
      const [p, q] = [has(numbersOf(secret.bytes)[4]), has(numbersOf(secret.bytes)[5])].map(numberOf)
      assert(p !== undefined && q !== undefined)
      assert.isUndefined(await read(kind, composite(p, q)))
    })
  })

  describe.each(has(kind.usages.SIGN_VERIFY))("%s", (algorithm) => {
    const { hash, padding } = nodeOptions(algorithm)
    const signs = (signed: Signed, seed?: string) => run(has(key.sign)(signed), seed)
    const verifies = (signed: Signed, signature: Uint8Array) => run(has(kind.verify)(publicKey, signed, signature))

    it("signs and verifies as OpenSSL does, messages and digests", () =>
      fc.assert(
        fc.asyncProperty(messages, fc.nat(), async (message, at) => {
          const saltLength = constants.RSA_PSS_SALTLEN_DIGEST
          const raw = { algorithm, message, messageType: "RAW" } as const
          const digested = Uint8Array.from(createHash(hash).update(message).digest())
          const digest = { algorithm, message: digested, messageType: "DIGEST" } as const
          const signature = await signs(raw)
          if (!bare) assert.instanceOf(await run(Effect.flip(has(key.sign)(digest))), UnsupportedOperationException)
          else assert.deepStrictEqual(await signs(digest), signature)
          assert.isTrue(verify(hash, message, { key: publicNode, padding, saltLength }, signature))
          const theirs = Uint8Array.from(sign(hash, message, { key: privateNode, padding, saltLength }))
          for (const good of [signature, theirs]) {
            assert.isTrue(await verifies(raw, good))
            assert.isTrue(await verifies(digest, good))
            assert.isFalse(await verifies(raw, flipped(good, at)))
            assert.isFalse(await verifies({ ...raw, message: flipped(message, at) }, good))
            assert.isFalse(await verifies({ ...digest, message: flipped(digested, at) }, good))
            assert.isFalse(await verifies(raw, good.subarray(0, at % good.length)))
            assert.isFalse(await verifies(raw, Uint8Array.of(0, ...good)))
            assert.isFalse(await verifies(digest, flipped(good, at)))
            assert.isFalse(await verifies(digest, good.subarray(0, at % good.length)))
            assert.isFalse(await verifies(digest, Uint8Array.of(0, ...good)))
          }
          for (const other of has(kind.usages.SIGN_VERIFY)) {
            if (other !== algorithm) assert.isFalse(await verifies({ ...raw, algorithm: other }, signature))
            const length = Number(other.slice(-3)) / 8
            if (other !== algorithm && length === digested.length) {
              assert.isFalse(await verifies({ ...digest, algorithm: other }, signature))
            }
          }
        }),
        { numRuns: 10 }
      ))

    it("draws its salt, if it has one, from the Crypto service where it encodes by itself", async () => {
      const signed = { algorithm, message: Uint8Array.of(1), messageType: "RAW" } as const
      const salted = algorithm.startsWith("RSASSA_PSS")
      const same = async (seed: string) => Buffer.compare(await signs(signed, "one"), await signs(signed, seed)) === 0
      assert.strictEqual(await same("one"), bare || !salted)
      assert.strictEqual(await same("other"), !salted)
    })

    it("refuses salts of other lengths, and numbers that are no signature", async () => {
      const signed = { algorithm, message: Uint8Array.of(1), messageType: "RAW" } as const
      const message = Uint8Array.from(createHash(hash).update(signed.message).digest())
      const digest = { algorithm, message, messageType: "DIGEST" } as const
      if (algorithm.startsWith("RSASSA_PSS")) {
        for (const saltLength of [0, 20, constants.RSA_PSS_SALTLEN_MAX_SIGN]) {
          const other = Uint8Array.from(sign(hash, signed.message, { key: privateNode, padding, saltLength }))
          for (const each of [signed, digest]) assert.isFalse(await verifies(each, other))
        }
      }
      for (const fill of [0, 1, 0xff]) {
        for (const each of [signed, digest]) assert.isFalse(await verifies(each, new Uint8Array(256).fill(fill)))
      }
    })
  })

  describe.each(has(kind.usages.ENCRYPT_DECRYPT))("%s", (algorithm) => {
    const oaepHash = algorithm.endsWith("_1") ? "sha1" : "sha256"
    const longest = algorithm.endsWith("_1") ? 214 : 190
    const decrypted = (ciphertext: Uint8Array, by = algorithm) => has(key.decrypt)(by, ciphertext)
    const refused = async (ciphertext: Uint8Array, by = algorithm) => {
      assert.deepStrictEqual(await run(Effect.flip(decrypted(ciphertext, by))), new NotAuthentic())
    }

    it("decrypts what it or OpenSSL encrypted, up to the longest, and nothing that was changed", () =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: longest }), fc.nat(), async (plaintext, at) => {
          const ours = await run(has(kind.encrypt)(publicKey, algorithm, plaintext))
          const padding = constants.RSA_PKCS1_OAEP_PADDING
          const theirs = Uint8Array.from(publicEncrypt({ key: publicNode, padding, oaepHash }, plaintext))
          for (const ciphertext of [ours, theirs]) {
            assert.deepStrictEqual(await run(decrypted(ciphertext)), plaintext)
            await refused(flipped(ciphertext, at))
            for (const other of has(kind.usages.ENCRYPT_DECRYPT)) {
              if (other !== algorithm) await refused(ciphertext, other)
            }
          }
        }),
        { numRuns: 10 }
      ))

    it("takes the longest plaintext and refuses ciphertexts of any other length", async () => {
      const plaintext = new Uint8Array(longest).fill(1)
      const ciphertext = await run(has(kind.encrypt)(publicKey, algorithm, plaintext))
      assert.deepStrictEqual(await run(decrypted(ciphertext)), plaintext)
      for (const wrong of [new Uint8Array(0), ciphertext.subarray(1), Uint8Array.of(0, ...ciphertext)]) {
        await refused(wrong)
      }
    })

    it("refuses a ciphertext that lacks its leading zero", async () => {
      // About one in 256 begins with a zero; without it, it is the same number.
      for (let tries = 0; tries < 20_000; tries++) {
        const ciphertext = await run(has(kind.encrypt)(publicKey, algorithm, Uint8Array.of(1)))
        if (ciphertext[0] !== 0) continue
        assert.deepStrictEqual(await run(decrypted(ciphertext)), Uint8Array.of(1))
        return await refused(ciphertext.subarray(1))
      }
      assert.fail("No ciphertext began with a zero")
    })
  })

  describe("an RSA key", () => {
    it("is of no use once it is wiped, whatever becomes of the bytes before", async () => {
      const copy = secret.bytes.slice()
      const key = await run(kind.prepare(copy))
      copy.fill(0)
      const [algorithm = ""] = has(kind.usages.SIGN_VERIFY)
      const signing = has(key.sign)({ algorithm, message: Uint8Array.of(1), messageType: "RAW" })
      assert.strictEqual((await run(signing)).length, 256)
      key.wipe()
      assert.isTrue((await run(Effect.exit(signing)))._tag === "Failure")
    })

    it("refuses a signature that lacks its leading zero", async () => {
      // About one in 256 begins with a zero; without it, it is the same number.
      for (let tries = 0; tries < 5000; tries++) {
        const message = Uint8Array.of(tries >> 8, tries & 255)
        const signed = { algorithm: "RSASSA_PKCS1_V1_5_SHA_256", message, messageType: "RAW" } as const
        const signature = await run(has(key.sign)(signed))
        if (signature[0] !== 0) continue
        assert.isTrue(await run(has(kind.verify)(publicKey, signed, signature)))
        return assert.isFalse(await run(has(kind.verify)(publicKey, signed, signature.subarray(1))))
      }
      assert.fail("No signature began with a zero")
    })
  })
}
