import { assert, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import { inChromium } from "./support/Browser.ts"
import type { keystead as host } from "./support/Host.ts"

declare const keystead: typeof host

describe.runIf(await haveChromium())("streams in Chromium", () => {
  const chromium = inChromium()

  it("seal a file to the disk and open it again, piece by piece", async () => {
    const page = await chromium.page()
    const told = await page.evaluate(async () => {
      const { decryptStream, encryptStream, largePieces, openKms } = keystead
      const kms = await openKms()
      const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
      const EncryptionContext = { name: "video" }
      const root = await navigator.storage.getDirectory()
      const length = 3_000_001
      const file = new File([Uint8Array.from({ length }, (_, at) => at * 31 + (at >> 8))], "video")

      const sealed = await root.getFileHandle("sealed", { create: true })
      const progress: Array<number> = []
      const sealing = encryptStream(kms, { KeyId, EncryptionContext, onProgress: (bytes) => progress.push(bytes) })
      await file.stream().pipeThrough(sealing).pipeThrough(largePieces()).pipeTo(await sealed.createWritable())

      const opened = await root.getFileHandle("opened", { create: true })
      const contexts: Array<unknown> = []
      const opening = decryptStream(kms, { EncryptionContext, onEncryptionContext: (pairs) => contexts.push(pairs) })
      await (await sealed.getFile()).stream().pipeThrough(opening).pipeTo(await opened.createWritable())

      const digest = async (file: Blob) =>
        keystead.text(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())))
      return {
        same: await digest(file) === await digest(await opened.getFile()),
        differs: await digest(file) !== await digest(await sealed.getFile()),
        context: Reflect.get(Object(contexts[0]), "name"),
        last: progress.at(-1) === length,
        steps: progress.length > 2
      }
    })
    assert.deepStrictEqual(told, { same: true, differs: true, context: "video", last: true, steps: true })
  })

  it("come in pieces of a megabyte where a file is written, and the rest at the end", async () => {
    const page = await chromium.page()
    const lengths = await page.evaluate(async () => {
      const pieces = [600_000, 600_000, 1, 2_000_000, 7].map((length) => new Uint8Array(length))
      const lengths: Array<number> = []
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          pieces.forEach((piece) => controller.enqueue(piece))
          controller.close()
        }
      })
      await stream.pipeThrough(keystead.largePieces()).pipeTo(
        new WritableStream({ write: ({ length }: Uint8Array) => void lengths.push(length) })
      )
      return lengths
    })
    assert.deepStrictEqual(lengths, [1_200_000, 2_000_001, 7])
  })

  it("give way to the page between their steps", async () => {
    const page = await chromium.page()
    const turns = await page.evaluate(async () => {
      const { encryptStream, openKms } = keystead
      const kms = await openKms()
      const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
      // A message to oneself is answered in a turn of its own: none is, while one task seals.
      const { port1, port2 } = new MessageChannel()
      let turns = 0
      port1.addEventListener("message", () => {
        turns++
        port2.postMessage(0)
      })
      port1.start()
      port2.postMessage(0)
      const sealing = encryptStream(kms, { KeyId })
      const read = sealing.readable.pipeTo(new WritableStream())
      const writer = sealing.writable.getWriter()
      await writer.write(new Uint8Array(64 * 1024 * 1024))
      await writer.close()
      await read
      port1.close()
      return turns
    })
    // One every dozen milliseconds: no machine seals so much in three of them.
    assert.isAtLeast(turns, 2)
  })

  it("release nothing of a frame that was changed, and fail with the error itself", async () => {
    const page = await chromium.page()
    const told = await page.evaluate(async () => {
      const { decryptStream, encryptStream, openKms, outcome } = keystead
      const kms = await openKms()
      const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
      const sealing = new Blob([new Uint8Array(9000)]).stream().pipeThrough(encryptStream(kms, { KeyId }))
      const message = new Uint8Array(await new Response(sealing).arrayBuffer())
      message[message.length - 1] = (message.at(-1) ?? 0) ^ 1
      let length = 0
      const failure = await outcome(() =>
        new Blob([message]).stream().pipeThrough(decryptStream(kms)).pipeTo(
          new WritableStream({ write: (bytes: Uint8Array) => void (length += bytes.length) })
        )
      )
      return [failure, length < 9000]
    })
    assert.deepStrictEqual(told, ["MessageTampered", true])
  })
})
