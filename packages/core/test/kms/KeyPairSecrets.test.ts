/** What becomes of the secrets of keys that are not symmetric: private keys, MAC keys, and what they give. */
import { assert, describe, it } from "@effect/vitest"
import * as Client from "@keystead/core/Client"
import type { KeyKind, PreparedKey } from "@keystead/core/crypto/KeyKind"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import type { OperationName } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { createPrivateKey } from "node:crypto"
import { makeKey, uses } from "../support/EveryKey.ts"
import { wrappingKinds } from "../support/Importing.ts"
import { prepare } from "../support/Inputs.ts"
import { nobleKinds } from "../support/Kinds.ts"
import { recording, shows } from "../support/RecordingCrypto.ts"
import { recordingStorage } from "../support/RecordingStorage.ts"
import { contentOf, reseal } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, region } from "../support/World.ts"

const isOverwritten = (held: Uint8Array) => held.every((byte) => byte === 0)

/** The kinds, and every secret that they made, every key that they made ready, and what those were used for. */
const recordingKinds = () => {
  const seen = { made: new Array<{ held: Uint8Array; copy: Uint8Array }>(), ready: new Array<{ wiped: number }>() }
  const watch = (kind: KeyKind): KeyKind => ({
    ...kind,
    generate: Effect.tap(
      kind.generate,
      ({ bytes }) => Effect.sync(() => void seen.made.push({ held: bytes, copy: bytes.slice() }))
    ),
    prepare: (bytes) =>
      Effect.map(kind.prepare(bytes), (prepared): PreparedKey => {
        const state = { wiped: 0 }
        seen.ready.push(state)
        return {
          ...prepared,
          wipe: () => {
            state.wiped++
            prepared.wipe()
          }
        }
      })
  })
  return { seen, kinds: nobleKinds.map(watch) }
}

/** What is secret in a key: the scalar of a curve with a name, which its public point follows, or else the last bytes. */
const innermost = (key: Uint8Array): Uint8Array => {
  const curve = Buffer.from([0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01])
  if (!Buffer.from(key).includes(curve)) return key.subarray(-28)
  const { d = "" } = createPrivateKey({ key: Buffer.from(key), format: "der", type: "pkcs8" }).export({ format: "jwk" })
  return Uint8Array.from(Buffer.from(d, "base64url"))
}

const pairUses = uses.filter(({ keySpec }) => keySpec !== "SYMMETRIC_DEFAULT")

describe("the private key of a KMS key", () => {
  it.effect("is in no record in clear, nor in any audit event, and is overwritten when it was made", () =>
    Effect.gen(function*() {
      const { kinds, seen } = recordingKinds()
      const { changes, wrap } = recordingStorage()
      const { layer, seen: drawn } = recording(Noble.layer(insecureSeeded("pairs")))
      const world = yield* makeWorld({ kinds, wrap, crypto: layer })
      for (const use of pairUses) yield* makeKey(world.root, use)
      assert.lengthOf(seen.made, pairUses.length)
      for (const { held } of seen.made) assert.isTrue(isOverwritten(held))
      // The two keys of the root key stay for as long as it does. Every seed of a key pair is gone.
      for (const { held } of drawn.secrets.slice(2)) assert.isTrue(isOverwritten(held))
      const stored = changes.map((change) => JSON.stringify(change))
      const inside = stored.flatMap((text) => text.match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? [])
        .map((text) => Buffer.from(text, "base64").toString("latin1"))
      const everything = [...stored, ...inside, JSON.stringify(world.events())].join("\n")
      for (const { copy } of seen.made) assert.isFalse(shows(everything, innermost(copy)))
      for (const { copy } of drawn.secrets) assert.isFalse(shows(everything, copy))
    }))

  it.effect("is made ready once, and overwritten when it is idle for too long, or the service closes", () =>
    Effect.gen(function*() {
      const { kinds, seen } = recordingKinds()
      yield* Effect.scoped(Effect.gen(function*() {
        const world = yield* makeWorld({ kinds, unwrapped: { number: 100, age: 1000 } })
        const KeyId = yield* createKey(world.root, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" })
        const request = { KeyId, Message: bytes("x"), SigningAlgorithm: "ECDSA_SHA_256" } as const
        const { Signature = bytes("") } = yield* world.root.sign(request)
        yield* world.root.sign(request)
        // The public key is all that verifying needs.
        yield* world.root.verify({ ...request, Signature })
        assert.deepStrictEqual(seen.ready, [{ wiped: 0 }])
        yield* TestClock.adjust(2000)
        yield* world.kms.maintain
        assert.deepStrictEqual(seen.ready, [{ wiped: 1 }])
        yield* world.root.sign(request)
        assert.deepStrictEqual(seen.ready, [{ wiped: 1 }, { wiped: 0 }])
      }))
      assert.deepStrictEqual(seen.ready, [{ wiped: 1 }, { wiped: 1 }])
    }))
})

describe("the private key of a data key pair", () => {
  it.effect("is overwritten when it is not shown: without plaintext, in a dry run, and when encrypting it fails", () =>
    Effect.gen(function*() {
      const { kinds, seen } = recordingKinds()
      const world = yield* makeWorld({ kinds })
      const KeyId = yield* createKey(world.root)
      const request = { KeyId, KeyPairSpec: "ECC_NIST_P256" } as const
      const shown = yield* world.root.generateDataKeyPair(request)
      assert.deepStrictEqual(seen.made.map(({ held }) => isOverwritten(held)), [false])
      assert.deepStrictEqual(shown.PrivateKeyPlaintext, seen.made[0]?.copy)
      yield* world.root.generateDataKeyPairWithoutPlaintext(request)
      yield* Effect.flip(world.root.generateDataKeyPair({ ...request, DryRun: true }))
      yield* Effect.flip(world.root.generateDataKeyPairWithoutPlaintext({ ...request, DryRun: true }))
      assert.deepStrictEqual(seen.made.map(({ held }) => isOverwritten(held)), [false, true, true, true])
      // What is wrong with the request shows before a key is made.
      const tooMuch = { ...request, EncryptionContext: { a: "x".repeat(9000) } }
      yield* Effect.flip(world.root.generateDataKeyPair(tooMuch))
      assert.lengthOf(seen.made, 4)
      // Material that does not come out of its wrapping: the pair is made, and cannot be encrypted.
      const broken = yield* createKey(world.root)
      const id = `key/${account}/${region}/${broken}`
      const content = Object(yield* contentOf(world, id))
      const materials = [{ ...Object(content.materials[0]), wrapped: "AAAA" }]
      yield* reseal(world, id, { ...content, materials })
      const failed = yield* Effect.flip(world.root.generateDataKeyPair({ ...request, KeyId: broken }))
      assert.strictEqual(failed._tag, "IntegrityError")
      assert.deepStrictEqual(seen.made.map(({ held }) => isOverwritten(held)), [false, true, true, true, true])
    }))
})

/** Operations whose reply is secret, and the member that holds it. */
const secretReplies: ReadonlyArray<readonly [OperationName, string]> = [
  ["DeriveSharedSecret", "SharedSecret"],
  ["Encapsulate", "SharedSecret"],
  ["Decapsulate", "SharedSecret"],
  ["GenerateMac", "Mac"],
  ["GenerateDataKeyPair", "PrivateKeyPlaintext"]
]

describe("what an operation gives", () => {
  it.effect.each(secretReplies)("%s: is in no audit event", ([operation, member]) =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ kinds: wrappingKinds })
      const { input } = yield* prepare(world.root, operation)
      const reply: unknown = yield* world.root[Client.methodName(operation)](input as never)
      const secret: unknown = Reflect.get(Object(reply), member)
      assert.instanceOf(secret, Uint8Array)
      assert.isFalse(shows(JSON.stringify(world.events()), secret))
    }))
})
