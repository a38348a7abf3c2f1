/** The kinds of keys do the same where nothing exists but ECMAScript: in QuickJS, to the byte. */
import { assert, describe, it } from "@effect/vitest"
import { build } from "esbuild"
import { runInQuickJs } from "../../support/QuickJs.ts"

/** Uses a key of every family once; its answer is JSON. */
const program = `
import { insecureSeeded } from "./src/crypto/SeededRandom.ts"
import * as Noble from "./src/crypto/Noble.ts"
import { ellipticKinds } from "./src/crypto/kinds/Elliptic.ts"
import { edwardsKinds } from "./src/crypto/kinds/Edwards.ts"
import { hmacKinds } from "./src/crypto/kinds/Hmac.ts"
import { mlDsaKinds } from "./src/crypto/kinds/MlDsa.ts"
import { mlKemKinds } from "./src/crypto/kinds/MlKem.ts"
import * as Effect from "effect/Effect"

const [p256] = ellipticKinds
const [hmac] = hmacKinds
const [mlDsa] = mlDsaKinds
const [mlKem] = mlKemKinds
const message = Uint8Array.of(1, 2, 3)

const used = Effect.fnUntraced(function*(kind) {
  const made = yield* kind.generate
  const { bytes, publicKey } = yield* kind.read(made.bytes)
  const key = yield* kind.prepare(bytes)
  const signed = { algorithm: kind.usages.SIGN_VERIFY?.[0], message, messageType: "RAW" }
  const results = { bytes: Array.from(bytes), publicKey: Array.from(publicKey ?? []) }
  if (key.mac) results.mac = Array.from(yield* key.mac(message))
  if (key.sign) {
    const signature = yield* key.sign(signed)
    results.signature = Array.from(signature)
    results.verified = yield* kind.verify(publicKey, signed, signature)
  }
  if (key.agree) results.agreed = Array.from(yield* key.agree(publicKey))
  if (key.decapsulate) {
    const { ciphertext, sharedSecret } = yield* kind.encapsulate(publicKey)
    results.decapsulated = Array.from(yield* key.decapsulate(ciphertext))
    results.encapsulated = Array.from(sharedSecret)
  }
  return results
})

export default Effect.runSync(Effect.provide(
  Effect.forEach([hmac, p256, edwardsKinds[0], mlDsa, mlKem], used),
  Noble.layer(insecureSeeded("hostless"))
))
`

describe("the kinds of keys in QuickJS", () => {
  it("do what they do here", async () => {
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: `${import.meta.dirname}/../../..`, loader: "ts" },
      bundle: true,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      write: false
    })
    const text = outputFiles.map(({ text }) => text).join("")
    const there = await runInQuickJs(text)
    const { default: here }: { readonly default: ReadonlyArray<Readonly<Record<string, unknown>>> } = await import(
      `data:text/javascript,${encodeURIComponent(text)}`
    )
    assert.deepStrictEqual(there, here)
    assert.deepStrictEqual(here.map(({ verified }) => verified), [undefined, true, true, true, undefined])
    assert.deepStrictEqual(here.map(({ mac }) => Array.isArray(mac)), [true, false, false, false, false])
    assert.deepStrictEqual(here[4]?.["decapsulated"], here[4]?.["encapsulated"])
  })
})
