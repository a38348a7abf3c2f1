/**
 * The little of DER (ITU-T X.690, 2021) that keys are written in, read strictly: tags of one octet, lengths in the
 * fewest octets and definite (10.1), nothing left over.
 *
 * Reading throws a MalformedDer, and gives views into the bytes, so that no copy of a secret is left behind. Writing
 * fills one array for the same reason.
 */

/** The bytes are not what was to be read, or not DER. */
export class MalformedDer extends Error {
  override readonly name = "MalformedDer"
}

/** The identifier octets (X.690, 8.1.2) of what keys are made of. */
export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  sequence: 0x30
} as const

/** What stands one after the other in some bytes. */
export interface Reader {
  /** The contents of the next value, which must have this tag. */
  readonly next: (tag: number) => Uint8Array
  /** The same, or undefined if the next value has another tag, or there is none. */
  readonly optional: (tag: number) => Uint8Array | undefined
  /** Nothing may be left. */
  readonly end: () => void
}

const need: (condition: boolean) => asserts condition = (condition) => {
  if (!condition) throw new MalformedDer()
}

/** Most octets that a length is written in here: no key has as much as 16 MiB. */
const longestLength = 3

/** Reads the values in the bytes in their order. */
export const reader = (bytes: Uint8Array): Reader => {
  let at = 0
  const octet = (): number => {
    const value = bytes[at]
    need(value !== undefined)
    at += 1
    return value
  }
  const length = (): number => {
    const first = octet()
    if (first < 0x80) return first
    const octets = first - 0x80
    need(octets >= 1 && octets <= longestLength)
    let value = 0
    for (let index = 0; index < octets; index++) value = value * 256 + octet()
    need(value >= 0x80 && value >= 256 ** (octets - 1))
    return value
  }
  const next = (tag: number): Uint8Array => {
    need(octet() === tag)
    const size = length()
    need(size <= bytes.length - at)
    at += size
    return bytes.subarray(at - size, at)
  }
  return {
    next,
    optional: (tag) => bytes[at] === tag ? next(tag) : undefined,
    end: () => need(at === bytes.length)
  }
}

/** The contents of the one value that the bytes are. */
export const only = (tag: number, bytes: Uint8Array): Uint8Array => {
  const all = reader(bytes)
  const contents = all.next(tag)
  all.end()
  return contents
}

/** The octets of a BIT STRING that has no unused bits (X.690, 8.6.2), as every key's has. */
export const wholeOctets = (contents: Uint8Array): Uint8Array => {
  need(contents[0] === 0)
  return contents.subarray(1)
}

/** An INTEGER's contents (X.690, 8.3), if it is not negative: big-endian, without the octet that only bears the sign. */
export const magnitude = (contents: Uint8Array): Uint8Array => {
  const [first, second] = contents
  need(first !== undefined && first < 0x80)
  if (first !== 0 || second === undefined) return contents
  need(second >= 0x80)
  return contents.subarray(1)
}

/** A value to be written: its tag, and what stands in it one after the other. */
export interface Value {
  readonly tag: number
  readonly contents: ReadonlyArray<Value | Uint8Array>
}

/** A value of these contents: other values, or plain octets. */
export const value = (tag: number, ...contents: ReadonlyArray<Value | Uint8Array>): Value => ({ tag, contents })

const sizeOf = (part: Value | Uint8Array): number => {
  if (part instanceof Uint8Array) return part.length
  const size = contentsOf(part)
  return 1 + lengthOctets(size).length + size
}

const contentsOf = ({ contents }: Value): number => contents.reduce((sum, part) => sum + sizeOf(part), 0)

const lengthOctets = (length: number): ReadonlyArray<number> => {
  if (length < 0x80) return [length]
  const octets: Array<number> = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 + octets.length, ...octets]
}

/** The value in DER. */
export const write = (whole: Value): Uint8Array => {
  const output = new Uint8Array(sizeOf(whole))
  let at = 0
  const append = (octets: ArrayLike<number>): void => {
    output.set(octets, at)
    at += octets.length
  }
  const put = (part: Value | Uint8Array): void => {
    if (part instanceof Uint8Array) return append(part)
    append([part.tag, ...lengthOctets(contentsOf(part))])
    part.contents.forEach(put)
  }
  put(whole)
  return output
}
