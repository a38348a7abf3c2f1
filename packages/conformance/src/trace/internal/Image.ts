/**
 * Values as text, the same for the same value everywhere: what the digest is made of, and what a person is shown.
 *
 * The order of an object's members says nothing, and members that are undefined are as if they were not there. Bytes and
 * dates are told from texts and numbers.
 */
import { isSecret } from "@keystead/core/domain/SecretMembers"
import { sha256 } from "@noble/hashes/sha2.js"
import * as Hex from "effect/encoding/Hex"

const imageWith = (bytes: (value: Uint8Array) => string, hides: (member: string) => boolean) => {
  const image = (value: unknown): string => {
    if (value instanceof Uint8Array) return bytes(value)
    if (value instanceof Date) return `date ${value.getTime()}`
    if (Array.isArray(value)) return `[${value.map(image).join(", ")}]`
    if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined"
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
      .toSorted(([left], [right]) => left < right ? -1 : 1)
      .map(([name, member]) => `${JSON.stringify(name)}: ${hides(name) ? "hidden" : image(member)}`)
    return `{${members.join(", ")}}`
  }
  return image
}

/** All of the value. */
export const image = imageWith((value) => `bytes ${Hex.encode(value)}`, () => false)

const plaintexts = /^(?:Plaintext|PrivateKeyPlaintext|SharedSecret)$/

/** What a person may see of it: no secrets, and of bytes how many they are and a hash that tells them from others. */
export const summary = imageWith(
  (value) => `${value.length} bytes of SHA-256 ${Hex.encode(sha256(value).subarray(0, 6))}`,
  (member) => isSecret(member) || plaintexts.test(member)
)
