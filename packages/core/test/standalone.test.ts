/** The one-file core runs where nothing exists but ECMAScript, TextEncoder and TextDecoder, and says the same there. */
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { transform } from "esbuild"
import { readFile } from "node:fs/promises"
import { bundleStandalone } from "../../../scripts/standalone.ts"
import * as Standalone from "../src/Standalone.ts"
import { hostGlobals } from "./support/HostGlobals.ts"
import { runInQuickJs } from "./support/QuickJs.ts"
import { story } from "./support/StandaloneStory.ts"

/** A program over the core, as source text, so that the same text runs in QuickJS and here. */
const sealing = `
const sealing = ({ Crypto, Effect, Noble, SeededRandom }) => Effect.runPromise(
  Effect.gen(function*() {
    const crypto = yield* Crypto.Crypto
    const key = yield* crypto.randomBytes(32)
    const nonce = yield* crypto.randomBytes(12)
    const cipher = yield* crypto.aesGcm(key)
    const plaintext = Uint8Array.from({ length: 1000 }, (_, index) => index & 255)
    const sealed = yield* cipher.seal(nonce, new Uint8Array(3), plaintext)
    for (let turn = 0; turn < 5000; turn++) yield* Effect.void
    yield* Effect.yieldNow
    const opened = yield* cipher.open(nonce, new Uint8Array(3), sealed)
    sealed[7] ^= 1
    const refused = yield* Effect.flip(cipher.open(nonce, new Uint8Array(3), sealed))
    const mac = yield* crypto.hmacSha256(key, sealed)
    return { mac: Array.from(mac), opened: Array.from(opened), refused: refused._tag }
  }).pipe(Effect.provide(Noble.layer(SeededRandom.insecureSeeded("standalone"))))
)
`

interface Sealing {
  readonly opened: ReadonlyArray<number>
  readonly refused: string
}

let bundle = ""
beforeAll(async () => {
  bundle = await bundleStandalone()
})

describe("the standalone core", () => {
  it("computes in QuickJS what it computes here", async () => {
    const program = `import * as Core from "keystead-core"\n${sealing}\nexport default sealing(Core)`
    const there = await runInQuickJs(program, { "keystead-core": bundle })
    const url = `data:text/javascript,${encodeURIComponent(`${sealing}\nexport default sealing`)}`
    const { default: run }: { readonly default: (core: typeof Standalone) => Promise<Sealing> } = await import(url)
    const here = await run(Standalone)
    assert.deepStrictEqual(there, here)
    assert.strictEqual(here.refused, "NotAuthentic")
    assert.strictEqual(here.opened.length, 1000)
  })

  it("tells the whole story of the demo in QuickJS as it tells it here, to the byte", async () => {
    const source = await readFile(new URL("./support/StandaloneStory.ts", import.meta.url), "utf8")
    const { code: text } = await transform(source, { loader: "ts" })
    const program = `import { story } from "story"\nimport * as Core from "keystead-core"\nexport default story(Core)`
    const there = await runInQuickJs(program, { "keystead-core": bundle, story: text })
    const here = story(Standalone)
    assert.deepStrictEqual(there, here)
    assert.deepStrictEqual(
      here.steps.flatMap(({ error, name }) => error === undefined ? [] : [[name, error]]),
      [
        ["decrypt with another context", "InvalidCiphertextException"],
        ["encrypt without permission", "AccessDeniedException"],
        ["encrypt while disabled", "DisabledException"],
        ["decrypt while pending", "KMSInvalidStateException"],
        ["describe what is gone", "NotFoundException"]
      ]
    )
    assert.strictEqual(here.events.length, here.steps.length - 1)
  })

  it("names no part of a host but those that Effect does without", () => {
    const tolerated = [
      "AbortController", // made only for `Effect.abortSignal` and callbacks that take a signal
      "File", // named by a schema, asked for only when that schema is used
      "ReadableStream", // made only by `Stream.toReadableStream`
      "URL", // named by a schema
      "URLSearchParams", // named by a schema
      "clearImmediate", // asked for before it is used
      "clearTimeout", // with setTimeout
      "console", // asked for before it is used
      "crypto", // noble's random source where it is given no seed, which Keystead always gives
      "performance", // asked for before it is used
      "process", // asked for before it is used
      "setImmediate", // asked for before it is used
      "setTimeout" // tried, and without it a promise's turn does; a sleep needs it, or a Clock that is handed in
    ]
    assert.deepStrictEqual(hostGlobals(bundle), tolerated)
    assert.include(hostGlobals(`${bundle}\nfetch("x")`), "fetch")
    assert.include(hostGlobals(`${bundle}\nglobalThis.crypto`), "crypto")
  })

  it("finds no host in QuickJS, so that nothing else can help it", async () => {
    const names = ["process", "crypto", "setTimeout", "performance", "fetch", "Buffer", "console", "require"]
    const program = `export default ${JSON.stringify(names)}.filter((name) => name in globalThis)`
    assert.deepStrictEqual(await runInQuickJs(program), [])
  })

  it("says what went wrong in QuickJS", async () => {
    const failure = await runInQuickJs(`export default Promise.reject(new TypeError("on purpose"))`).catch(String)
    assert.include(String(failure), "TypeError: on purpose")
  })
})
