/** A script that has read everything a site stored, and looks for a secret in it, however it may be written there. */

/** Bytes as a text of one character each, in which engines search fastest. */
const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")

const fromHex = (digits: string): string =>
  digits.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))).slice(0, digits.length >> 1)

const fromBase64 = (digits: string): string =>
  atob(digits.replaceAll("-", "+").replaceAll("_", "/").slice(0, digits.length - digits.length % 4))

/** A text as what it may stand for: itself, and what is hexadecimal or base64 in it, wherever that begins. */
const readingsOf = (text: string): ReadonlyArray<string> => [
  text,
  ...(text.match(/[0-9a-f]{32,}/gi) ?? []).flatMap((run) => [fromHex(run), fromHex(run.slice(1))]),
  ...(text.match(/[\w+/-]{22,}/g) ?? []).flatMap((run) => [0, 1, 2, 3].map((from) => fromBase64(run.slice(from))))
]

const isBytes = (value: ReadonlyArray<unknown>): value is ReadonlyArray<number> =>
  value.length > 0 && value.every((item) => Number.isInteger(item) && Number(item) >= 0 && Number(item) < 256)

/** Everything in a value as texts of bytes: names of members too, and what structured cloning keeps. */
const readings = (value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return readingsOf(value)
  if (typeof value === "bigint") return readingsOf(value.toString(16))
  if (value instanceof ArrayBuffer) return readingsOf(latin1(new Uint8Array(value)))
  if (ArrayBuffer.isView(value)) return readings(value.buffer)
  if (Array.isArray(value) && isBytes(value)) return readingsOf(latin1(Uint8Array.from(value)))
  if (value instanceof Map || value instanceof Set) return [...value].flatMap(readings)
  return typeof value === "object" && value !== null ? Object.entries(value).flat().flatMap(readings) : []
}

/** As many bytes of a secret are as good as it: what is left can be tried. */
const enough = 16

/** Whether any 16 bytes of the secret that follow each other stand anywhere in the value, forwards or backwards. */
export const finds = (value: unknown, secret: Uint8Array): boolean => {
  const parts = [secret, secret.toReversed()].map(latin1).flatMap((text) =>
    Array.from({ length: Math.max(1, text.length - enough + 1) }, (_, at) => text.slice(at, at + enough))
  )
  return readings(value).some((text) => parts.some((part) => text.includes(part)))
}

/** What the attacker gets for the key behind a handle: the name of the browser's refusal, in each format. */
export const exported = (handle: CryptoKey): Promise<ReadonlyArray<string>> =>
  Promise.all((["raw", "jwk", "pkcs8", "spki"] as const).map(async (format) => {
    try {
      await crypto.subtle.exportKey(format, handle)
      return "exported"
    } catch (error) {
      return error instanceof DOMException ? error.name : "no refusal"
    }
  }))

/** Notes all random bytes that this page asks the browser for, from now on. */
export const randomGiven = (): ReadonlyArray<Uint8Array> => {
  const given: Array<Uint8Array> = []
  const original: typeof crypto.getRandomValues = Reflect.get(Crypto.prototype, "getRandomValues")
  Crypto.prototype.getRandomValues = new Proxy(original, {
    apply: (target, self, asked) => {
      const filled: unknown = Reflect.apply(target, self, asked)
      if (filled instanceof Uint8Array) given.push(filled.slice())
      return filled
    }
  })
  return given
}
