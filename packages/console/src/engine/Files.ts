/** Files of any size sealed and opened in the worker: streamed in, streamed to the disk, a few frames in memory. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as KmsDataKeys from "@keystead/core/envelope/KmsDataKeys"
import { type ByteTransformer, openTransformer, type Run, sealTransformer } from "@keystead/core/envelope/WebTransform"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import type { Backend } from "../backend/Backend.ts"
import type { FileJob, FileProgress, FileResult } from "./FileJob.ts"
import { targetOf } from "./Target.ts"

const run: Run<Crypto> = (effect) => Effect.runPromise(Effect.provide(effect, WebCrypto.layer))

const asked = <A>(promise: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: promise, catch: (error) => error })

type Context = FileResult["context"]

const transformerOf = ({ call }: Backend, job: FileJob, heard: (context: Context) => void): ByteTransformer =>
  job.way === "seal"
    ? sealTransformer({
      dataKeys: KmsDataKeys.under(
        { generateDataKey: (input) => asked(() => call("GenerateDataKey", input)) },
        job.keyId
      ),
      encryptionContext: job.context
    }, run)
    : openTransformer({
      dataKeys: KmsDataKeys.any({ decrypt: (input) => asked(() => call("Decrypt", input)) }),
      encryptionContext: job.context,
      onHeader: ({ encryptionContext }) => heard(encryptionContext)
    }, run)

/** Tells every tenth of a second how far it is. */
const counting = (port: MessagePort): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> => {
  let [done, told] = [0, 0]
  const tell = () => {
    const progress: FileProgress = { done }
    port.postMessage(progress)
    told = performance.now()
  }
  return new TransformStream({
    transform: (bytes, controller) => {
      controller.enqueue(bytes)
      done += bytes.length
      if (performance.now() - told > 100) tell()
    },
    flush: tell
  })
}

/** Carries out a job; any message from the port cancels it. What is not complete is removed. */
export const transfer = async (backend: Backend, job: FileJob, port: MessagePort): Promise<FileResult> => {
  const canceled = new AbortController()
  const cancel = () => canceled.abort(new DOMException("It was cancelled, and nothing is kept.", "AbortError"))
  port.addEventListener("message", cancel)
  port.start()
  const target = await targetOf(job)
  let context: Context = job.context
  try {
    await job.file.stream()
      .pipeThrough(counting(port))
      .pipeThrough(new TransformStream(transformerOf(backend, job, (heard) => void (context = heard))))
      .pipeTo(target.writable, { signal: canceled.signal })
    return { download: await target.complete(), context }
  } catch (error) {
    await target.discard()
    throw error
  } finally {
    port.close()
  }
}
