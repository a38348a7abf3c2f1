/** What an import leaves behind: nothing of the material, whatever interrupts it, and a key as it was unless it is done. */
import { assert, describe, it } from "@effect/vitest"
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { forEver, wrapped, wrappingKinds } from "../support/Importing.ts"
import { flipped } from "../support/Kinds.ts"
import { examples, patience } from "../support/Property.ts"
import { recording, shows } from "../support/RecordingCrypto.ts"
import { interruptingAt, under } from "../support/Schedulers.ts"
import { contentOf, records } from "../support/Tamper.ts"
import { type World } from "../support/World.ts"
import { externalKey, importWorld, outside, recordOf, stateOf } from "./Support.ts"

const isOverwritten = (held: Uint8Array) => held.every((byte) => byte === 0)

/** Wrapping keys whose secrets are watched: those that are made, and what they unwrap. */
const watchedKinds = () => {
  const held: Array<Uint8Array> = []
  const watch = (bytes: Uint8Array) => Effect.sync(() => void held.push(bytes))
  const prepared = { open: 0 }
  const kinds: ReadonlyArray<KeyKind> = wrappingKinds.map((kind) => ({
    ...kind,
    generate: Effect.tap(kind.generate, ({ bytes }) => watch(bytes)),
    prepare: (bytes) =>
      Effect.map(kind.prepare(bytes), (key) => {
        prepared.open++
        return {
          ...key,
          decrypt: (algorithm, ciphertext) =>
            key.decrypt === undefined
              ? Effect.die(new Error("RSA keys decrypt"))
              : Effect.tap(key.decrypt(algorithm, ciphertext), watch),
          wipe: () => {
            prepared.open--
            key.wipe()
          }
        }
      })
  }))
  return { held, kinds, prepared }
}

/** An import that is about to be made, and everything secret in it. */
const about = Effect.fnUntraced(function*(keySpec: "SYMMETRIC_DEFAULT" | "ECC_NIST_P256") {
  const { layer, seen } = recording(Noble.layer(insecureSeeded("imports")))
  const { held, kinds, prepared } = watchedKinds()
  const world = yield* importWorld({ crypto: layer, kinds })
  const KeyId = yield* externalKey(world.root, keySpec)
  const { material } = outside(keySpec)
  const algorithm = keySpec === "SYMMETRIC_DEFAULT" ? "RSAES_OAEP_SHA_256" : "RSA_AES_KEY_WRAP_SHA_256"
  const sent = yield* wrapped(world.root, KeyId, material, algorithm)
  return { world, KeyId, material, sent, seen, held, prepared }
})

const allOverwritten = ({ held, prepared, seen }: Effect.Success<ReturnType<typeof about>>) => {
  assert.isTrue(held.every(isOverwritten))
  assert.isTrue(seen.opened.every(({ held }) => isOverwritten(held)))
  assert.strictEqual(prepared.open, 0)
}

const importing = (
  { KeyId, sent, world }: { KeyId: string; sent: Effect.Success<ReturnType<typeof about>>["sent"]; world: World }
) => world.root.importKeyMaterial({ ...sent, ...forEver, KeyId })

/** Every day some of the steps, and all of them when there is time. */
const stride = examples(1) > 1 ? 1 : 4

describe("an import", () => {
  for (const keySpec of ["SYMMETRIC_DEFAULT", "ECC_NIST_P256"] as const) {
    it.effect(`into a key of spec ${keySpec} leaves no secret in memory, store, audit or reply`, () =>
      Effect.gen(function*() {
        const all = yield* about(keySpec)
        const reply = yield* importing(all)
        allOverwritten(all)
        assert.isAbove(all.held.length, 1)
        const places = [
          JSON.stringify(reply),
          JSON.stringify(all.world.events()),
          JSON.stringify(yield* records(all.world))
        ]
        for (const text of places) {
          const inside = (text.match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? []).map((part) =>
            Buffer.from(part, "base64").toString("latin1")
          )
          assert.isFalse(shows([text, ...inside].join("\n"), all.material))
        }
      }))

    it.effect(
      `into a key of spec ${keySpec}, interrupted at any step, is done or has not happened`,
      () =>
        Effect.gen(function*() {
          let [done, undone] = [0, 0]
          for (let at = 0;; at += stride) {
            const { over, state } = yield* Effect.scoped(Effect.gen(function*() {
              const all = yield* about(keySpec)
              const before = yield* contentOf(all.world, recordOf(all.KeyId))
              const { count, scheduler } = interruptingAt(at)
              const exit = yield* Effect.exit(Fiber.join(yield* Effect.forkDetach(under(scheduler)(importing(all)))))
              const over = count() <= at
              assert.isTrue(Exit.isSuccess(exit) || !over)
              allOverwritten(all)
              const state = yield* stateOf(all.world.root, all.KeyId)
              if (state === "PendingImport") {
                assert.deepStrictEqual(yield* contentOf(all.world, recordOf(all.KeyId)), before)
              }
              if (Exit.isSuccess(exit)) {
                assert.strictEqual(state, "Enabled")
              }
              return { over, state }
            }))
            if (state === "Enabled") done++
            else undone++
            if (over) break
          }
          assert.isAbove(undone, 3)
          assert.isAbove(done, 0)
        }),
      patience
    )
  }

  it.effect("that fails leaves no secret either", () =>
    Effect.gen(function*() {
      for (const keySpec of ["SYMMETRIC_DEFAULT", "ECC_NIST_P256"] as const) {
        const all = yield* about(keySpec)
        const strange = yield* wrapped(all.world.root, all.KeyId, outside("ECC_SECG_P256K1").material.subarray(0, 100))
        const wrong = [
          { ...strange, ...forEver },
          { ...all.sent, ...forEver, EncryptedKeyMaterial: flipped(all.sent.EncryptedKeyMaterial, 99) },
          { ...all.sent, ...forEver, ImportToken: flipped(all.sent.ImportToken, 99) },
          { ...all.sent, ValidTo: new Date(-1) }
        ]
        for (const input of wrong) yield* Effect.flip(all.world.root.importKeyMaterial(input))
        allOverwritten(all)
      }
    }))
})

describe("the parameters for an import", () => {
  it.effect("do not leave the private key in memory, and no two calls give the same token", () =>
    Effect.gen(function*() {
      const { held, kinds } = watchedKinds()
      const world = yield* importWorld({ kinds })
      const KeyId = yield* externalKey(world.root)
      const wanted = { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" } as const
      const [one, other] = [
        yield* world.root.getParametersForImport(wanted),
        yield* world.root.getParametersForImport(wanted)
      ]
      assert.lengthOf(held, 2)
      assert.isTrue(held.every(isOverwritten))
      assert.notDeepEqual(one.ImportToken, other.ImportToken)
    }))
})
