import { assert, describe, it } from "@effect/vitest"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { inspect } from "node:util"
import { history, type Outcome, replay, secretText, tightLimits } from "../support/Histories.ts"
import { holds, patience } from "../support/Property.ts"
import { recording, shows } from "../support/RecordingCrypto.ts"
import { recordingStorage } from "../support/RecordingStorage.ts"
import { bytes, createKey, makeWorld } from "../support/World.ts"

const newCrypto = () => recording(Noble.layer(insecureSeeded("secrets")))

/** Everything that can be seen of a value. */
const visible = (value: unknown): string =>
  `${JSON.stringify(value)} ${String(value)} ${inspect(value, { depth: 20, showHidden: true, maxArrayLength: null })}`

const isOverwritten = (held: Uint8Array) => held.every((byte) => byte === 0)

const isError = (outcome: Outcome | undefined) => outcome !== undefined && "error" in outcome

describe("secrets", () => {
  it(
    "reach neither the store, nor an audit event, nor an error, nor the service's own looks",
    () =>
      holds(history(40), (steps) =>
        Effect.gen(function*() {
          const { layer, seen } = newCrypto()
          const { changes, wrap } = recordingStorage()
          const world = yield* makeWorld({ crypto: layer, wrap, limits: tightLimits })
          const outcomes = yield* replay(world, steps)
          yield* world.kms.maintain
          // What is wrapped is base64 in the store: look into it as well.
          const stored = changes.map((change) => JSON.stringify(change))
          const inside = stored.flatMap((text) => text.match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? [])
            .map((text) => Buffer.from(text, "base64").toString("latin1"))
          const places = {
            store: [...stored, ...inside].join("\n"),
            audit: JSON.stringify(world.events()),
            errors: JSON.stringify(outcomes.filter(isError)),
            looks: [world.kms, world.root, world.store].map(visible).join("\n")
          }
          const secrets = [...seen.secrets.map(({ copy }) => copy), bytes(secretText)]
          for (const [place, text] of Object.entries(places)) {
            for (const secret of secrets) assert.isFalse(shows(text, secret), `a secret in ${place}`)
          }
        }), { numRuns: 40 }),
    patience
  )

  it("is what the recorder would notice in any form", () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 17, maxLength: 40 }),
        fc.uint8Array({ maxLength: 4 }),
        fc.uint8Array({ maxLength: 4 }),
        (secret, before, after) => {
          const longer = Buffer.concat([before, secret, after])
          for (const form of ["hex", "base64", "base64url", "latin1"] as const) {
            assert.isTrue(shows(longer.toString(form), secret), form)
          }
          assert.isTrue(shows(JSON.stringify({ a: [...longer] }), secret))
        }
      )
    ))

  it.effect("are overwritten when a key was made, and when the service closes", () =>
    Effect.gen(function*() {
      const { layer, seen } = newCrypto()
      yield* Effect.scoped(Effect.gen(function*() {
        const world = yield* makeWorld({ crypto: layer })
        const KeyId = yield* createKey(world.root)
        yield* world.root.rotateKeyOnDemand({ KeyId })
        const { CiphertextBlob } = yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
        yield* world.root.decrypt({ CiphertextBlob })
        yield* world.root.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId })
        yield* world.root.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: "AES_256" })
        // Two materials, one data key, and keys of five ciphertexts; those of the root key stay for as long as it does.
        const rootKeys = 2
        assert.strictEqual(seen.secrets.length, rootKeys + 2 + 1 + 5)
        for (const { held } of seen.secrets.slice(rootKeys)) assert.isTrue(isOverwritten(held))
        // The material that was unwrapped, the plaintext that Decrypt gave, and the one that ReEncrypt did not give.
        assert.deepStrictEqual(seen.opened.map(({ held }) => isOverwritten(held)), [true, false, true])
        assert.deepStrictEqual(seen.derivations.map(({ wiped }) => wiped), [0])
      }))
      assert.deepStrictEqual(seen.derivations.map(({ wiped }) => wiped), [1])
    }))

  it.effect("are not quoted where something else stands for them", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root)
      const secret = "correct horse battery staple"
      const wrong: ReadonlyArray<unknown> = [
        { KeyId, Plaintext: secret },
        { KeyId, Plaintext: [secret] },
        { KeyId, Plaintext: { secret } },
        { KeyId, Plaintext: bytes(secret), EncryptionContext: { a: 1 }, plaintext: secret },
        { KeyId, Plaintext: bytes(secret.repeat(200)) },
        secret,
        [secret]
      ]
      for (const input of wrong) {
        const error = yield* Effect.flip(world.root.encrypt(input as never))
        assert.strictEqual(error._tag, "ValidationException")
        assert.isFalse(shows(visible(error), bytes(secret)), error.message)
      }
      yield* world.root.encrypt({ KeyId, Plaintext: bytes(secret), plaintext: secret } as never)
      assert.isFalse(shows(JSON.stringify(world.events()), bytes(secret)))
      assert.deepStrictEqual(world.events().at(-1)?.requestParameters, { keyId: KeyId })
    }))
})
