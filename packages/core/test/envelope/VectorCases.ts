/** The envelope's own test vectors: how each is made. `vectors/generate-envelope.ts` writes what comes of them. */
import * as Effect from "effect/Effect"
import type { Crypto } from "../../src/crypto/Crypto.ts"
import * as Noble from "../../src/crypto/Noble.ts"
import { insecureSeeded } from "../../src/crypto/SeededRandom.ts"
import type { DataKeys } from "../../src/envelope/DataKeys.ts"
import * as Envelope from "../../src/envelope/Envelope.ts"
import { type NoDataKey, rawAes } from "./RawAes.ts"
import { aKey, pattern } from "./Support.ts"

/** A message, and all that it was made of. Bytes are hexadecimal. */
export interface Vector {
  readonly name: string
  /** The seed of `insecureSeeded`: data key, nonces of the wrapped data keys and message id come from it, in this order. */
  readonly seed: string
  /** The AES keys that wrap the data key, as raw AES keyrings do. */
  readonly keys: ReadonlyArray<{ readonly namespace: string; readonly name: string; readonly key: string }>
  readonly encryptionContext: Readonly<Record<string, string>>
  readonly frameLength: number
  readonly plaintext: string
  readonly dataKey: string
  readonly message: string
}

/** A message that must be refused, and the tag of the error. */
export interface Refusal {
  readonly name: string
  /** The name of the vector that it was made from, whose keys open it. */
  readonly from: string
  readonly message: string
  readonly error: string
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const noticing = (
  keys: DataKeys<NoDataKey, Crypto>,
  notice: (key: Uint8Array) => void
): DataKeys<NoDataKey, Crypto> => ({
  ...keys,
  generate: (context) => Effect.tap(keys.generate(context), ({ plaintext }) => Effect.sync(() => notice(plaintext)))
})

const make = (
  name: string,
  length: number,
  frameLength: number,
  encryptionContext: Readonly<Record<string, string>>,
  numbers: ReadonlyArray<number>
): Vector => {
  const keys = numbers.map(aKey)
  let dataKey = ""
  const dataKeys = noticing(rawAes(keys), (bytes) => {
    dataKey = hex(bytes)
  })
  const plaintext = pattern(length)
  const sealing = Envelope.seal(plaintext, { dataKeys, encryptionContext, frameLength })
  const message = Effect.runSync(Effect.provide(sealing, Noble.layer(insecureSeeded(name))))
  return {
    name,
    seed: name,
    keys: keys.map(({ key, ...names }) => ({ ...names, key: hex(key) })),
    encryptionContext,
    frameLength,
    plaintext: hex(plaintext),
    dataKey,
    message: hex(message)
  }
}

/** The vectors, made anew. */
export const vectors = (): ReadonlyArray<Vector> => [
  make("nothing", 0, 4096, {}, [1]),
  make("one byte, with an encryption context", 1, 4096, { purpose: "test vector" }, [1]),
  make(
    "text that is not ASCII, sorted by its UTF-8 bytes",
    20,
    4096,
    { "\u{1f511}": "key", "\uff4b": "wide", é: "ü" },
    [1]
  ),
  make("exactly a frame", 16, 16, {}, [1]),
  make("a frame and a byte", 17, 16, {}, [1]),
  make("several frames", 100, 16, { a: "1", b: "2" }, [1]),
  make("frames of one byte", 3, 1, {}, [1]),
  make("several encrypted data keys", 40, 16, { tenant: "42" }, [1, 2, 3])
]

const changed = (message: string, place: number): string => {
  const bytes = Buffer.from(message, "hex")
  const at = place < 0 ? bytes.length + place : place
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes.toString("hex")
}

/** Messages that must be refused, made of the vectors. */
export const refusals = (made: ReadonlyArray<Vector>): ReadonlyArray<Refusal> => {
  const { message, name: from } = made.find(({ name }) => name === "several frames") ?? { message: "", name: "" }
  const frame = 2 * (4 + 12 + 16 + 16)
  const final = 2 * (4 + 4 + 12 + 4 + 4 + 16)
  const body = message.length - final - 6 * frame
  const swapped = message.slice(0, body) + message.slice(body + frame, body + 2 * frame)
    + message.slice(body, body + frame) + message.slice(body + 2 * frame)
  return [
    { name: "another version", from, message: changed(message, 0), error: "MalformedMessage" },
    { name: "another suite", from, message: changed(message, 2), error: "UnsupportedMessage" },
    { name: "another message id", from, message: changed(message, 3), error: "MessageTampered" },
    { name: "another value in the context", from, message: changed(message, 44), error: "NoDataKey" },
    { name: "another commitment", from, message: changed(message, body / 2 - 17), error: "MessageTampered" },
    { name: "another tag of the header", from, message: changed(message, body / 2 - 1), error: "MessageTampered" },
    {
      name: "another ciphertext in the first frame",
      from,
      message: changed(message, body / 2 + 16),
      error: "MessageTampered"
    },
    { name: "another tag of the final frame", from, message: changed(message, -1), error: "MessageTampered" },
    { name: "frames 1 and 2 swapped", from, message: swapped, error: "MalformedMessage" },
    { name: "without the final frame", from, message: message.slice(0, -final), error: "TruncatedMessage" },
    { name: "cut by a byte", from, message: message.slice(0, -2), error: "TruncatedMessage" },
    { name: "a byte too many", from, message: `${message}00`, error: "MalformedMessage" }
  ]
}
