/** Web streams that encrypt and decrypt, with data keys of an open Keystead. */
import { assert, describe, it } from "@effect/vitest"
import type { EncryptionContext } from "@keystead/core/domain/EncryptionContext"
import { type OpenKms, openKms } from "@keystead/runtime-node/OpenKms"
import { decryptStream, encryptStream } from "@keystead/runtime-node/SealStreams"
import fc from "fast-check"
import { ReadableStream, type TransformStream } from "node:stream/web"

type ByteStream = TransformStream<Uint8Array, Uint8Array>

/** Sends the bytes through, in pieces of this length. */
const through = async (bytes: Uint8Array, stream: ByteStream, piece = bytes.length || 1): Promise<Uint8Array> => {
  const pieces = Array.from(
    { length: Math.ceil(bytes.length / piece) },
    (_, index) => bytes.slice(index * piece, (index + 1) * piece)
  )
  const out: Array<Uint8Array> = []
  for await (const piece of ReadableStream.from<Uint8Array>(pieces).pipeThrough(stream)) out.push(piece)
  return new Uint8Array(Buffer.concat(out))
}

/** The name of the error with which it fails. */
const failure = (bytes: Uint8Array, stream: ByteStream): Promise<string> =>
  through(bytes, stream).then(() => "nothing", (error: unknown) => error instanceof Error ? error.name : String(error))

const withKey = async (tell: (kms: OpenKms, KeyId: string) => Promise<void>): Promise<void> => {
  await using kms = await openKms()
  const { KeyMetadata } = await kms.createKey()
  await tell(kms, KeyMetadata?.KeyId ?? "")
}

const frame = 64 * 1024

describe("encryptStream and decryptStream", () => {
  it("give back any bytes, however they are cut, and tell how far they are", () =>
    withKey(async (kms, KeyId) => {
      const size = fc.oneof(fc.constantFrom(0, 1, frame - 1, frame, frame + 1, 2 * frame), fc.nat(3 * frame))
      const property = fc.asyncProperty(size, fc.integer({ min: 1000, max: 2 * frame }), async (size, piece) => {
        const plaintext = Uint8Array.from({ length: size }, (_, index) => index % 251)
        const EncryptionContext = { size: String(size) }
        let [sealed, opened] = [0, 0]
        let told: EncryptionContext = {}
        const message = await through(
          plaintext,
          encryptStream(kms, { KeyId, EncryptionContext, onProgress: (bytes) => void (sealed = bytes) }),
          piece
        )
        const back = await through(
          message,
          decryptStream(kms, {
            onProgress: (bytes) => void (opened = bytes),
            onEncryptionContext: (context) => void (told = context)
          }),
          piece
        )
        assert.isTrue(Buffer.from(plaintext).equals(back))
        assert.deepStrictEqual([sealed, opened], [size, size])
        assert.deepStrictEqual(told, EncryptionContext)
      })
      await fc.assert(property, { numRuns: 20 })
    }))

  it("fail with the error itself: the KMS's or the message's", () =>
    withKey(async (kms, KeyId) => {
      const plaintext = new Uint8Array(100)
      const message = await through(plaintext, encryptStream(kms, { KeyId, EncryptionContext: { a: "b" } }))
      const opens = (options = {}) => failure(message, decryptStream(kms, options))
      assert.strictEqual(await opens({ EncryptionContext: { a: "b" } }), "nothing")
      assert.strictEqual(await opens({ EncryptionContext: { a: "c" } }), "ContextMismatch")
      assert.strictEqual(await failure(message.slice(0, -1), decryptStream(kms)), "TruncatedMessage")
      assert.strictEqual(await failure(plaintext, decryptStream(kms)), "MalformedMessage")
      const eve = kms.as("arn:aws:iam::111122223333:user/eve")
      assert.strictEqual(await failure(message, decryptStream(eve)), "AccessDeniedException")
      assert.strictEqual(await failure(plaintext, encryptStream(eve, { KeyId })), "AccessDeniedException")
      assert.strictEqual(await failure(plaintext, encryptStream(kms, { KeyId: "alias/none" })), "NotFoundException")
      await kms.disableKey({ KeyId })
      assert.strictEqual(await opens(), "DisabledException")
    }))
})
