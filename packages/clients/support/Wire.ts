/** Requests and replies as JSON, for clients in other languages: blobs in base64, timestamps in seconds since 1970. */

/** The members of the API's replies that are blobs; Source: the KMS API reference. */
const blobs = new Set([
  "CiphertextBlob",
  "CiphertextForRecipient",
  "EncapsulatedKey",
  "ImportToken",
  "Mac",
  "Plaintext",
  "PrivateKeyCiphertextBlob",
  "PrivateKeyPlaintext",
  "PublicKey",
  "SharedSecret",
  "Signature"
])

const isTime = (name: string): boolean => name.endsWith("Date") || name.endsWith("ValidTo")

/** `aws` writes timestamps in one of two ways, by its configuration. */
const time = (value: unknown): unknown =>
  typeof value === "number" ? new Date(value * 1000) : typeof value === "string" ? new Date(value) : value

/** A reply's value. */
export const fromJson = (text: string): unknown =>
  JSON.parse(text, (name, value: unknown) =>
    typeof value === "string" && blobs.has(name)
      ? new Uint8Array(Buffer.from(value, "base64"))
      : isTime(name)
      ? time(value)
      : value)

const plain = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? Buffer.from(value).toString("base64")
    : Array.isArray(value)
    ? value.map(plain)
    : typeof value === "object" && value !== null && !(value instanceof Date)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
    : value

/** A request's JSON. */
export const toJson = (value: unknown): string => JSON.stringify(plain(value))
