/**
 * What an attestation document says, and the rules of its structure.
 *
 * Source: AWS Nitro Enclaves attestation process, 2.2 and 3.2.2. Where it contradicts itself, or the documents that Nitro
 * makes, what is made is taken: optional members may be null, and user_data and nonce may have 1,024 bytes.
 */
import * as Cbor from "./Cbor.ts"
import { need } from "./Refusal.ts"

/** A document whose structure is right. Nothing else of it is verified. */
export interface AttestationDocument {
  /** The enclave that it was made in. */
  readonly moduleId: string
  /** When it was made, in milliseconds since 1970. */
  readonly timestamp: number
  /** The platform configuration registers, by their indexes from 0 to 31. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>
  /** The certificate of the key that signed it, in DER. */
  readonly certificate: Uint8Array
  /** The certificates above it, the root's first. */
  readonly cabundle: ReadonlyArray<Uint8Array>
  /** The key that replies are for. */
  readonly publicKey: Uint8Array | undefined
}

const required = ["module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle"]
const optional = ["public_key", "user_data", "nonce"]

/** Most bytes of a certificate, and of each optional member. */
const longest = 1024

const registers = 32
const registerLengths = [32, 48, 64]

const readBytes = (value: unknown, name: string, shortest: number): Uint8Array => {
  need(value instanceof Uint8Array, `has a ${name} that is no byte string`)
  need(
    value.length >= shortest && value.length <= longest,
    `has a ${name} that is not of ${shortest} to ${longest} bytes`
  )
  return value
}

const readPcrs = (value: unknown): ReadonlyMap<number, Uint8Array> => {
  need(value instanceof Map && value.size >= 1 && value.size <= registers, `has pcrs that are not 1 to ${registers}`)
  const given: ReadonlyMap<unknown, unknown> = value
  const pcrs = new Map<number, Uint8Array>()
  for (const [index, pcr] of given) {
    need(
      typeof index === "number" && Number.isInteger(index) && index >= 0 && index < registers,
      `has a pcr whose index is not from 0 to ${registers - 1}`
    )
    need(
      pcr instanceof Uint8Array && registerLengths.includes(pcr.length),
      `has a pcr that is not of ${registerLengths.join(", ")} bytes`
    )
    pcrs.set(index, pcr)
  }
  return pcrs
}

const readBundle = (value: unknown): ReadonlyArray<Uint8Array> => {
  need(Array.isArray(value) && value.length > 0, "has a cabundle without certificates")
  return value.map((certificate: unknown) => readBytes(certificate, "certificate in cabundle", 1))
}

/** Reads a signed document's payload. Throws a BadDocument. */
export const read = (payload: Uint8Array): AttestationDocument => {
  const map = Cbor.read(payload)
  need(map instanceof Map, "is no map")
  const members: ReadonlyMap<unknown, unknown> = map
  const member = (name: string): unknown => members.get(name)
  for (const name of required) need(members.has(name), `has no ${name}`)
  // Not quoted: a member's name can be anything.
  for (const name of members.keys()) {
    need(typeof name === "string" && [...required, ...optional].includes(name), "has a member that it should not have")
  }
  const [moduleId, digest, timestamp] = [member("module_id"), member("digest"), member("timestamp")]
  need(typeof moduleId === "string" && moduleId !== "", "has no module_id that is text")
  need(digest === "SHA384", "has a digest other than SHA384")
  need(
    typeof timestamp === "number" && Number.isSafeInteger(timestamp) && timestamp > 0,
    "has a timestamp that is no positive integer"
  )
  // Nitro writes null for what is absent.
  const given = (name: string): boolean => member(name) !== undefined && member(name) !== null
  for (const name of ["user_data", "nonce"]) if (given(name)) readBytes(member(name), name, 0)
  return {
    moduleId,
    timestamp,
    pcrs: readPcrs(member("pcrs")),
    certificate: readBytes(member("certificate"), "certificate", 1),
    cabundle: readBundle(member("cabundle")),
    publicKey: given("public_key") ? readBytes(member("public_key"), "public_key", 1) : undefined
  }
}
