/**
 * An audit trail in a file: one line of JSON an event, each of which carries the hash of the one before it
 * (`core/audit/Chain.ts`). Every process that writes has a chain of its own in it.
 */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as Chain from "@keystead/core/audit/Chain"
import { eventJson } from "@keystead/core/audit/EventJson"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { createWriteStream, type WriteStream } from "node:fs"
import { FileError } from "../files/FileError.ts"

/** Takes an event; a caller waits while the file is slower than the calls. */
export type Audit = (event: AuditEvent) => Promise<void>

const opened = (path: string) =>
  Effect.tryPromise({
    try: async () => {
      const stream = createWriteStream(path, { flags: "a", mode: 0o600 })
      await once(stream, "open")
      return stream
    },
    catch: (error) => new FileError({ message: `Cannot write the audit file ${path}: ${String(error)}` })
  })

const closed = (stream: WriteStream) =>
  Effect.callback<void>((resume) => {
    if (stream.destroyed) resume(Effect.void)
    else stream.end(() => resume(Effect.void))
  })

/**
 * Opens the file to append to, made with mode 0600 if it is not there, and closes it with the scope, when all is written.
 * FileError if it cannot be written. A file that fails later is told once, and takes no more.
 */
export const open = Effect.fnUntraced(function*(path: string, tell: (line: string) => void) {
  const stream = yield* Effect.acquireRelease(opened(path), closed)
  stream.on("error", (error) => tell(`The audit file ${path} takes no more events: ${error.message}`))
  const services = yield* Layer.build(NodeCrypto.layer)
  let tail = Chain.begin(randomUUID())
  const audit: Audit = async (event) => {
    // Linked at once, so that events stand in the file in the order of the chain.
    const linked = Effect.runSync(Effect.provideContext(Chain.link(tail, eventJson(event)), services))
    tail = linked.tail
    if (stream.destroyed) return
    if (!stream.write(`${JSON.stringify(linked.entry)}\n`)) {
      await Promise.race([once(stream, "drain"), once(stream, "close")])
    }
  }
  return audit
})
