/** An open Keystead as a target of the suite: what is the same for every runtime. */
import type { Named } from "@keystead/conformance/behaviour/Suite"
import type { Streams, Target } from "@keystead/conformance/behaviour/Target"
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import { concat } from "@keystead/core/Bytes"
import { defaults, type OpenKms } from "@keystead/core/facade/OpenKms"
import type * as SealStreams from "@keystead/core/facade/SealStreams"

/** How a runtime opens its Keystead: always over the same store. */
export type Open = (audit: (event: AuditEvent) => void) => Promise<OpenKms>

/** As much of a TransformStream as all hosts' types have in common. */
interface ByteStream {
  readonly readable: {
    readonly getReader: () => { readonly read: () => Promise<{ done: boolean; value?: Uint8Array | undefined }> }
  }
  readonly writable: {
    readonly getWriter: () => {
      readonly write: (piece: Uint8Array) => Promise<void>
      readonly close: () => Promise<void>
    }
  }
}

/** A runtime's own streams. */
export interface StreamMakers {
  readonly encryptStream: (kms: SealStreams.SealMethods, options: SealStreams.EncryptStreamOptions) => ByteStream
  readonly decryptStream: (kms: SealStreams.SealMethods, options?: SealStreams.DecryptStreamOptions) => ByteStream
}

const feed = async (stream: ByteStream, pieces: ReadonlyArray<Uint8Array>): Promise<void> => {
  const writer = stream.writable.getWriter()
  for (const piece of pieces) await writer.write(piece)
  await writer.close()
}

const collect = async (stream: ByteStream): Promise<Uint8Array> => {
  const reader = stream.readable.getReader()
  const found: Array<Uint8Array> = []
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    if (value !== undefined) found.push(value)
  }
  return concat(found)
}

const through = async (stream: ByteStream, pieces: ReadonlyArray<Uint8Array>): Promise<Uint8Array> => {
  const [collected] = await Promise.all([collect(stream), feed(stream, pieces)])
  return collected
}

const streamsOf = (kms: () => OpenKms, { decryptStream, encryptStream }: StreamMakers): Streams => ({
  seal: (options, pieces) => through(encryptStream(kms(), options), pieces),
  open: (pieces) => through(decryptStream(kms()), pieces)
})

const wrap = async (publicKey: Uint8Array, material: Uint8Array): Promise<Uint8Array> => {
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256" }
  const key = await crypto.subtle.importKey("spki", Uint8Array.from(publicKey), algorithm, false, ["encrypt"])
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, key, Uint8Array.from(material)))
}

/** How a runtime opens its Keystead, and what goes with it. */
export interface Opening {
  readonly open: Open
  readonly streams: StreamMakers
  /** Where the audit events are, if `open` does not tell them. */
  readonly trail?: () => Promise<ReadonlyArray<unknown>>
}

/** The target over what a runtime opens. */
export const targetOf = async (
  { open, streams, trail }: Opening
): Promise<Target & { readonly close: () => Promise<void> }> => {
  const events: Array<AuditEvent> = []
  const audit = (event: AuditEvent) => void events.push(event)
  let kms = await open(audit)
  return {
    ...defaults,
    client: kms,
    as: (principal) => kms.as(principal),
    elsewhere: (region) => kms.clientProvider(region),
    events: trail ?? (() => Promise.resolve(events)),
    reopen: async () => {
      await kms.close()
      kms = await open(audit)
      return kms
    },
    wrap,
    streams: streamsOf(() => kms, streams),
    close: () => kms.close()
  }
}

/** What came of a check. */
export interface Verdict {
  readonly name: string
  /** What is wrong; nothing if nothing is. */
  readonly problem?: string
}

/** Runs the checks one after the other. */
export const judge = async (checks: ReadonlyArray<Named>, target: Target): Promise<ReadonlyArray<Verdict>> => {
  const verdicts: Array<Verdict> = []
  for (const { name, run } of checks) {
    verdicts.push(await run(target).then(() => ({ name }), (error) => ({ name, problem: String(error) })))
  }
  return verdicts
}
