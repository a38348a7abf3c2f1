/**
 * The root key out of a passphrase: Argon2id (RFC 9106), which takes a second or so and 64 MiB. A page has a worker do it, so
 * that it stays alive meanwhile; workers and service workers do it themselves.
 */
import { type Argon2id, fromPassphrase } from "@keystead/core/crypto/PassphraseRootKey"
import { RootKeyError } from "@keystead/core/Errors"
import type { Argon2idTask } from "./Argon2idWorker.ts"
import { argon2idScript } from "./internal/Argon2idScript.ts"
import type { RootKeyChoice } from "./RootKeyChoice.ts"
import { unshared } from "./Unshared.ts"

/** How a page computes Argon2id. */
export interface PassphraseOptions {
  /**
   * Starts the worker: for pages whose Content-Security-Policy has no `worker-src blob:`. They bundle
   * `@keystead/runtime-browser/Argon2idWorker` as a script of its own, and allow it with `worker-src 'self'`.
   */
  readonly worker?: () => Worker
}

/** A worker made of text needs no file beside the page's bundle. */
const blobWorker = (): Worker => {
  const url = URL.createObjectURL(new Blob([argon2idScript], { type: "text/javascript" }))
  const worker = new Worker(url)
  const forget = () => URL.revokeObjectURL(url)
  worker.addEventListener("message", forget)
  worker.addEventListener("error", forget)
  return worker
}

const refused = () =>
  new RootKeyError({
    reason: "Unreadable",
    message: "The worker that computes Argon2id does not run. Allow it in the page's Content-Security-Policy "
      + "(worker-src blob:), or give one that you serve yourself: passphrase(text, { worker }). Too little memory is another "
      + "reason: 64 MiB are needed."
  })

/** Where Trusted Types are required, a worker made of text is refused by throwing. */
const started = (start: () => Worker): Worker => {
  try {
    return start()
  } catch {
    throw refused()
  }
}

const inWorker = (start: () => Worker): Argon2id => (message, salt, costs, length) =>
  new Promise((resolve, reject) => {
    const worker = started(start)
    const own = unshared(message)
    const task: Argon2idTask = { message: own, salt, ...costs, length }
    worker.addEventListener("message", ({ data }: MessageEvent<Uint8Array>) => {
      worker.terminate()
      resolve(data)
    })
    worker.addEventListener("error", () => {
      worker.terminate()
      reject(refused())
    })
    // Handed over: no copy of the passphrase's bytes stays here.
    worker.postMessage(task, [own.buffer])
  })

/** The root key of a store from a passphrase, of any length but none. The same text in another normal form is the same. */
export const passphrase = (text: string, { worker = blobWorker }: PassphraseOptions = {}): RootKeyChoice =>
  fromPassphrase(text, typeof document === "undefined" ? undefined : inWorker(worker))
