import { assert, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import { inChromium } from "./support/Browser.ts"
import type { keystead as host } from "./support/Host.ts"

declare const keystead: typeof host

describe.runIf(await haveChromium())("a script that reads the whole database", () => {
  const chromium = inChromium()

  it("finds no key material in it, of no key and of no data key, nor the root key, in any encoding", async () => {
    const page = await chromium.page()
    const found = await page.evaluate(async () => {
      const { dump, finds, groups: { mac, symmetric }, openKms, randomGiven, unpooledRandom } = keystead
      const given = randomGiven()
      const kms = await openKms({ database: "keys", crypto: unpooledRandom, groups: [symmetric, mac] })
      const { KeyMetadata: { KeyId = "" } = {} } = await kms.createKey()
      await kms.rotateKeyOnDemand({ KeyId })
      for (const KeySpec of ["HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512"] as const) {
        await kms.createKey({ KeySpec, KeyUsage: "GENERATE_VERIFY_MAC" })
      }
      const { Plaintext = new Uint8Array(0) } = await kms.generateDataKey({ KeyId, NumberOfBytes: 64 })
      const database = await dump()
      const ofLength = (bytes: number) => given.filter(({ length }) => length === bytes)
      return {
        // The root key, two materials of the first key and one of HMAC_256; then the other HMAC keys, and the data key.
        secrets: [28, 32, 48, 64].map((length) => ofLength(length).length),
        dataKeyIsOne: ofLength(64).some((bytes) => String(bytes) === String(Plaintext)),
        found: [28, 32, 48, 64].flatMap(ofLength).filter((secret) => finds(database, secret)).length,
        // The nonces that the materials are wrapped with are no secret, and are there. They are shorter than a secret.
        nonces: ofLength(12).filter((nonce) => finds(database, nonce)).length
      }
    })
    assert.deepStrictEqual(found, { secrets: [1, 4, 1, 2], dataKeyIsOne: true, found: 0, nonces: 6 })
  })

  it("would find it in any of them", async () => {
    const page = await chromium.page()
    const missed = await page.evaluate(() => {
      const secret = Uint8Array.from({ length: 32 }, (_, at) => (at * 167 + 91) & 255)
      const hex = Array.from(secret, (byte) => byte.toString(16).padStart(2, "0")).join("")
      const base64 = btoa(String.fromCharCode(...secret))
      const hidden: Readonly<Record<string, unknown>> = {
        bytes: secret,
        buffer: { deep: [secret.buffer] },
        half: secret.slice(9, 25),
        numbers: { list: [...secret] },
        backwards: secret.toReversed(),
        hex,
        upper: `0x${hex.toUpperCase()}`,
        odd: `f${hex}`,
        base64,
        base64url: base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
        within: `{"k":"abc${base64}"}`,
        member: { [hex]: 1 },
        map: new Map([["k", new Set([base64])]]),
        text: String.fromCharCode(...secret),
        number: BigInt(`0x${hex}`)
      }
      return Object.entries(hidden).filter(([, value]) => !keystead.finds(value, secret)).map(([name]) => name)
    })
    assert.deepStrictEqual(missed, [])
  })

  it("has a handle on the root key that the browser exports to nobody, in no format", async () => {
    const page = await chromium.page()
    const told = await page.evaluate(async () => {
      const { dump, exported, openKms } = keystead
      await openKms({ database: "keys" })
      const handles = (await dump()).map(([, value]) => value).filter((value) => value instanceof CryptoKey)
      const [handle] = handles
      if (handle === undefined) return undefined
      const { algorithm: { name }, extractable, usages } = handle
      return { count: handles.length, name, extractable, usages, exported: await exported(handle) }
    })
    assert(told !== undefined)
    assert.deepInclude(told, { count: 1, name: "HKDF", extractable: false, usages: ["deriveKey"] })
    for (const name of told.exported) assert.include(["InvalidAccessError", "NotSupportedError"], name)
  })
})
