/** Replies beside what AWS KMS makes, opened by OpenSSL and as strictly as AWS's SDK for enclaves. */
import { assert, describe, it } from "@effect/vitest"
import * as EnvelopedData from "@keystead/nitro/EnvelopedData"
import * as RecipientKey from "@keystead/nitro/RecipientKey"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { key } from "./support/Attesting.ts"
import { makeKey, open, parse, publicKeyOf } from "./support/Enclave.ts"

const seal = (plaintext: Uint8Array, to = key): Promise<Uint8Array> =>
  Effect.runPromise(
    Effect.flatMap(RecipientKey.read(publicKeyOf(to)), (recipient) => EnvelopedData.seal(recipient, plaintext))
  )

/** Opens with `openssl cms -decrypt`; where there is no OpenSSL, as the enclave does. */
const openElsewhere = (reply: Uint8Array, privateKey = key): Uint8Array => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-nitro-"))
  try {
    const file = join(folder, "key.pem")
    writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }))
    return new Uint8Array(
      execFileSync("openssl", ["cms", "-decrypt", "-binary", "-inform", "DER", "-inkey", file], {
        input: reply,
        stdio: ["pipe", "pipe", "ignore"]
      })
    )
  } catch (error) {
    if (Object(error).code === "ENOENT") return open(privateKey, reply)
    throw error
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

describe("a reply", () => {
  it("is opened by its key, whatever its length, and leaves the plaintext to its owner", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 0, maxLength: 4096, size: "max" }), async (plaintext) => {
        const given = plaintext.slice()
        assert.deepStrictEqual(open(key, await seal(given)), plaintext)
        assert.deepStrictEqual(given, plaintext)
      }),
      { numRuns: 50 }
    ))

  it.each([1, 16, 32, 4096])("of %j bytes is opened by OpenSSL", async (length) => {
    const plaintext = new Uint8Array(length).fill(length)
    assert.deepStrictEqual(openElsewhere(await seal(plaintext)), plaintext)
  })

  it("is opened by OpenSSL for a key of 4,096 bits", async () => {
    const long = makeKey(4096)
    assert.deepStrictEqual(openElsewhere(await seal(Uint8Array.of(1, 2, 3), long), long), Uint8Array.of(1, 2, 3))
  })

  it("has the octets of AWS KMS's replies, but for what is random", async () => {
    const reply = await seal(new Uint8Array(32))
    const info = createHash("sha256").update(publicKeyOf(key)).digest("hex")
    // The frame of a reply of AWS KMS to a key of 2,048 bits, for a plaintext of 32 bytes.
    const expected = [
      "308006092a864886f70d010703a0803080020102",
      `3182016b308201670201028020${info}`,
      "303c06092a864886f70d010107302fa00f300d06096086480165030402010500",
      "a11c301a06092a864886f70d010108300d06096086480165030402010500",
      "04820100",
      ".{512}",
      "308006092a864886f70d010701301d060960864801650304012a0410",
      ".{32}",
      "a0800430",
      ".{96}",
      "00000000000000000000"
    ]
    assert.match(hex(reply), new RegExp(`^${expected.join("")}$`))
  })

  it("cannot be opened after a change of its key or of its end", async () => {
    const reply = await seal(new Uint8Array(40))
    const { ciphertext, encryptedKey } = parse(reply)
    for (const part of [encryptedKey, ciphertext.subarray(-16)]) {
      const changed = reply.slice()
      changed[part.byteOffset - reply.byteOffset] = (part[0] ?? 0) ^ 1
      const opened = (() => {
        try {
          return hex(open(key, changed))
        } catch {
          return undefined
        }
      })()
      assert.notStrictEqual(opened, hex(new Uint8Array(40)))
    }
  })
})
