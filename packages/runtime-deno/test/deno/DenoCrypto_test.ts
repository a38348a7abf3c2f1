/** Deno's layer gives noble's bytes, of every size about the one from which SubtleCrypto is asked, and refuses what it refuses. */
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as DenoCrypto from "@keystead/runtime-deno/DenoCrypto"
import { largeFrom } from "@keystead/webcrypto/BySize"
import * as Effect from "effect/Effect"
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict"

const lengths = [0, 1, 31, 32, 600, 70_000].concat([-17, -16, -1, 0, 1, 16].map((more) => largeFrom + more))

const run = <A, E>(program: Effect.Effect<A, E, Crypto>): Promise<A> =>
  Effect.runPromise(Effect.provide(program, DenoCrypto.layer))

Deno.test("AES-256-GCM is noble's byte for byte, and refuses what was changed", () =>
  run(Effect.gen(function*() {
    const random = insecureSeeded("deno")
    const [deno, noble] = [yield* Crypto, Noble.make(random)]
    for (const length of lengths) {
      const [key, nonce, aad, plaintext] = [random(32), random(12), random(length % 70), random(length)]
      const [ours, theirs] = [yield* deno.aesGcm(key), yield* noble.aesGcm(key)]
      const sealed = yield* theirs.seal(nonce, aad, plaintext)
      deepStrictEqual(yield* ours.seal(nonce, aad, plaintext), sealed)
      const { ciphertext, tag } = yield* ours.sealDetached(nonce, aad, plaintext)
      deepStrictEqual([ciphertext, tag], [sealed.slice(0, length), sealed.slice(length)])
      deepStrictEqual(yield* ours.open(nonce, aad, sealed), plaintext)
      for (const at of [0, length >> 1, length, length + 15]) {
        const changed = sealed.with(at, (sealed[at] ?? 0) ^ 0x20)
        strictEqual((yield* Effect.flip(ours.open(nonce, aad, changed)))._tag, "NotAuthentic")
      }
      for (const cut of [0, 15, sealed.length - 1]) {
        strictEqual((yield* Effect.flip(ours.open(nonce, aad, sealed.subarray(0, cut))))._tag, "NotAuthentic")
      }
    }
  })))

Deno.test("a mistake in the program is a defect of the same words", async () => {
  for (const length of [0, 16, 31, 33]) {
    const wrong = Crypto.use((crypto) => crypto.aesGcm(new Uint8Array(length)))
    const [ours, theirs] = [DenoCrypto.layer, Noble.layer(insecureSeeded(""))].map((layer) =>
      Effect.runPromise(Effect.provide(wrong, layer)).then(() => "", String)
    )
    ok((await ours)?.includes("An AES-256 key has 32 bytes"))
    strictEqual(await ours, await theirs)
  }
})

Deno.test("entropy of any length does not repeat, and a seeded source does", async () => {
  const random = (length: number) => run(Crypto.use((crypto) => crypto.randomBytes(length)))
  for (const length of [0, 16, 257, 65_537]) strictEqual((await random(length)).length, length)
  ok((await random(16)).join() !== (await random(16)).join())
  const seeded = Effect.provide(
    Crypto.use((crypto) => crypto.randomBytes(40)),
    DenoCrypto.layerWith(insecureSeeded("one"))
  )
  deepStrictEqual(await Effect.runPromise(seeded), insecureSeeded("one")(40))
})
