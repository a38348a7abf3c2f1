import { assert, describe, it } from "@effect/vitest"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { isPrime } from "@keystead/webcrypto/kinds/Primes"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import { checkPrimeSync } from "node:crypto"
import { describeRsa } from "../../core/test/support/RsaKind.ts"

await describeRsa({ kinds: webKinds, layer: (seed) => WebCrypto.layerWith(insecureSeeded(seed)), bare: false })

describe("Primes", () => {
  it("are those of OpenSSL", async () => {
    const numbers = Array.from({ length: 1500 }, (_, at) => 5n + 2n * BigInt(at))
    assert.deepStrictEqual(
      await Promise.all(numbers.map(isPrime)),
      numbers.map((number) => checkPrimeSync(number))
    )
  })

  it("are no Carmichael numbers, nor what passes for the first bases", async () => {
    // Of OEIS A002997, and the least numbers that pass for the first primes as bases (A014233).
    for (const number of [561n, 41041n, 825265n, 321197185n, 3215031751n, 3825123056546413051n]) {
      assert.isFalse(await isPrime(number), String(number))
    }
    assert.isTrue(await isPrime(2n ** 521n - 1n))
    assert.isFalse(await isPrime(2n ** 523n - 1n))
  })
})
