/**
 * The script of the worker that computes Argon2id (RFC 9106): a module for pages whose Content-Security-Policy allows no
 * `blob:` workers, which serve it as a file of their own (`Passphrase.ts` says how).
 */
import { argon2id } from "@noble/hashes/argon2.js"

/** What is asked of the worker. It answers with the tag, and is ended then. */
export interface Argon2idTask {
  readonly message: Uint8Array
  readonly salt: Uint8Array
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly lanes: number
  /** Bytes of the tag. */
  readonly length: number
}

addEventListener("message", ({ data }: MessageEvent<Argon2idTask>) => {
  const { lanes, length, memory, message, passes, salt } = data
  postMessage(argon2id(message, salt, { t: passes, m: memory, p: lanes, dkLen: length }))
  message.fill(0)
})
