/** The core's kinds of keys and Node's agree byte for byte, and take what the other made. */
import { assert, describe, it } from "@effect/vitest"
import { only, reader, tags } from "@keystead/core/crypto/Der"
import { type KeyKind, type Signed, UnusableKey } from "@keystead/core/crypto/KeyKind"
import { readPublic, writePublic } from "@keystead/core/crypto/kinds/KeyInfo"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import fc from "fast-check"
import { createPublicKey } from "node:crypto"
import { flipped, has, pairs, run } from "./Support.ts"

const withUsage = (usage: keyof KeyKind["usages"]) => pairs.filter(([, { usages }]) => usages[usage])
const messages = fc.uint8Array({ minLength: 1, maxLength: 300 })

const prepared = async (kind: KeyKind, seed: string) => {
  const { bytes, publicKey = new Uint8Array(0) } = await run(kind.generate, seed)
  return { key: await run(kind.prepare(bytes)), publicKey }
}

/** The same program by both kinds, whose results, failures included, must be the same, and plain. */
const agree = async <A, E>(
  [, noble, node]: (typeof pairs)[number],
  program: (kind: KeyKind) => Promise<Effect.Effect<A, E>>
): Promise<Exit.Exit<A, E>> => {
  const [one, other] = [await run(Effect.exit(await program(noble))), await run(Effect.exit(await program(node)))]
  assert.deepStrictEqual(other, one)
  return one
}

describe.each(pairs)("%s", (...pair) => {
  const [, noble, node] = pair

  it("gives the same keys by both layers, and reads them the same", async () => {
    const [one, other] = [await run(noble.generate), await run(node.generate)]
    assert.deepStrictEqual(other, one)
    assert.deepStrictEqual(await run(node.read(one.bytes)), await run(noble.read(other.bytes)))
    assert.deepStrictEqual([node.keySpec, node.usages], [noble.keySpec, noble.usages])
  })

  it("works on whatever becomes of the bytes, until it is wiped", async () => {
    const { bytes, publicKey } = await run(node.generate)
    const key = await run(node.prepare(bytes))
    bytes.fill(0)
    const [algorithm = ""] = Object.values(node.usages)[0] ?? []
    const ciphertext = node.encapsulate === undefined
      ? undefined
      : (await run(node.encapsulate(has(publicKey)))).ciphertext
    const use = (): Promise<Exit.Exit<Uint8Array, unknown>> => {
      if (key.mac) return run(Effect.exit(key.mac(Uint8Array.of(1))))
      if (key.sign) return run(Effect.exit(key.sign({ algorithm, message: Uint8Array.of(1), messageType: "RAW" })))
      return run(Effect.exit(has(key.decapsulate)(has(ciphertext))))
    }
    const before = await use()
    assert.isTrue(Exit.isSuccess(before))
    key.wipe()
    assert.notDeepEqual(await use(), before)
  })
})

describe.each(withUsage("GENERATE_VERIFY_MAC"))("the codes of %s", (...pair) => {
  it("are the same by both layers", () =>
    fc.assert(fc.asyncProperty(fc.string(), fc.uint8Array({ maxLength: 300 }), async (seed, message) => {
      await agree(pair, async (kind) => has((await prepared(kind, seed)).key.mac)(message))
    })))
})

describe.each(withUsage("SIGN_VERIFY"))("signatures by %s", (...pair) => {
  const [keySpec, noble, node] = pair
  const [algorithm = ""] = has(noble.usages.SIGN_VERIFY)
  const numRuns = keySpec.startsWith("ML_") ? 4 : 8

  /** As signed by each layer with the same hedge, where there is one. */
  const signatures = (signed: Signed) =>
    Promise.all([noble, node].map(async (kind) => {
      const { key } = await prepared(kind, "signer")
      return run(has(key.sign)(signed), "hedge")
    }))

  const digestLength = Number(algorithm.slice(-3)) / 8
  it.each<Omit<Signed, "message"> & { readonly length?: number }>([
    { algorithm, messageType: "RAW" },
    ...(algorithm.startsWith("ECDSA") ? [{ algorithm, messageType: "DIGEST", length: digestLength }] as const : []),
    ...(keySpec.startsWith("ML_DSA") ? [{ algorithm, messageType: "EXTERNAL_MU", length: 64 }] as const : []),
    ...(algorithm.startsWith("ED")
      ? [{ algorithm: "ED25519_PH_SHA_512", messageType: "DIGEST", length: 64 }] as const
      : [])
  ])(
    "are the same and verify by both layers, and changed ones by neither: $algorithm $messageType",
    async ({ length, ...way }) => {
      const { publicKey } = await prepared(noble, "signer")
      const ofLength = length === undefined ? messages : fc.uint8Array({ minLength: length, maxLength: length })
      await fc.assert(
        fc.asyncProperty(ofLength, fc.nat(), async (message, at) => {
          const signed = { ...way, message }
          const [one = new Uint8Array(0), other] = await signatures(signed)
          assert.deepStrictEqual(other, one)
          const verified = (by: Uint8Array, of: Signed = signed) =>
            agree(pair, async (kind) => has(kind.verify)(publicKey, of, by))
          assert.deepStrictEqual(await verified(one), Exit.succeed(true))
          assert.deepStrictEqual(await verified(flipped(one, at)), Exit.succeed(false))
          assert.deepStrictEqual(await verified(one.subarray(0, at % one.length)), Exit.succeed(false))
          assert.deepStrictEqual(await verified(Uint8Array.of(...one, 0)), Exit.succeed(false))
          const changed = { ...signed, message: flipped(message, at) }
          assert.deepStrictEqual(await verified(one, changed), Exit.succeed(false))
        }),
        { numRuns }
      )
    }
  )

  it("are refused alike, whatever the bytes", async () => {
    const { publicKey } = await prepared(noble, "signer")
    await fc.assert(fc.asyncProperty(messages, fc.uint8Array({ maxLength: 160 }), async (message, signature) => {
      const signed = { algorithm, message, messageType: "RAW" } as const
      const verified = await agree(pair, async (kind) => has(kind.verify)(publicKey, signed, signature))
      assert.deepStrictEqual(verified, Exit.succeed(false))
    }))
  })
})

/** What the host's library reads: OpenSSL knows hybrid points, and BoringSSL, which is Bun's, does not. */
const formsKnown = (all: ReadonlyArray<Uint8Array>, hybrid: Uint8Array) =>
  process.versions["bun"] === undefined ? [...all, hybrid] : all

describe.each(withUsage("KEY_AGREEMENT"))("agreement by %s", (...pair) => {
  const [, noble] = pair
  const agreed = (publicKey: Uint8Array) =>
    agree(pair, async (kind) => has((await prepared(kind, "ours")).key.agree)(publicKey))

  it("gives the same by both layers, and refuses the same", () =>
    fc.assert(
      fc.asyncProperty(fc.string(), fc.nat(), async (seed, at) => {
        const { publicKey } = await prepared(noble, seed)
        assert.isTrue(Exit.isSuccess(await agreed(publicKey)))
        assert.deepStrictEqual(await agreed(flipped(publicKey, at)), Exit.fail(new UnusableKey()))
        assert.deepStrictEqual(await agreed(Uint8Array.of(...publicKey, 0)), Exit.fail(new UnusableKey()))
      }),
      { numRuns: 10 }
    ))

  it("takes compressed points, and no other form that a host may know", async () => {
    const { publicKey: whole } = await prepared(noble, "theirs")
    const curve = reader(only(tags.sequence, whole)).next(tags.sequence)
    const point = readPublic(curve, whole)
    const [odd, x] = [(point.at(-1) ?? 0) & 1, point.subarray(1, (point.length + 1) / 2)]
    const compressed = writePublic(curve, Uint8Array.of(2 + odd, ...x))
    const hybrid = writePublic(curve, Uint8Array.of(6 + odd, ...point.subarray(1)))
    assert.deepStrictEqual(await agreed(compressed), await agreed(whole))
    for (const known of formsKnown([whole, compressed], hybrid)) {
      createPublicKey({ key: Buffer.from(known), format: "der", type: "spki" })
    }
    assert.deepStrictEqual(await agreed(hybrid), Exit.fail(new UnusableKey()))
    assert.deepStrictEqual(await agreed(writePublic(curve, Uint8Array.of(0))), Exit.fail(new UnusableKey()))
  })
})

describe.each(withUsage("ENCAPSULATE_DECAPSULATE"))("encapsulation by %s", (...pair) => {
  const [, noble] = pair

  it("is undone alike by both layers, changed ciphertexts and wrong lengths included", () =>
    fc.assert(
      fc.asyncProperty(fc.string(), fc.nat(), fc.integer({ min: 0, max: 1700 }), async (seed, at, length) => {
        const { publicKey } = await prepared(noble, "ours")
        const { ciphertext, sharedSecret } = await run(has(noble.encapsulate)(publicKey), seed)
        const opened = (ciphertext: Uint8Array) =>
          agree(pair, async (kind) => has((await prepared(kind, "ours")).key.decapsulate)(ciphertext))
        assert.deepStrictEqual(await opened(ciphertext), Exit.succeed(sharedSecret))
        const rejected = await opened(flipped(ciphertext, at))
        assert.isTrue(Exit.isSuccess(rejected))
        assert.notDeepEqual(rejected, Exit.succeed(sharedSecret))
        if (length !== ciphertext.length) {
          assert.deepStrictEqual(await opened(new Uint8Array(length)), Exit.fail(new UnusableKey()))
        }
      }),
      { numRuns: 10 }
    ))
})
