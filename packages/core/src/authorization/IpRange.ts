/**
 * IP addresses and CIDR ranges, of IPv4 and IPv6, as the operators IpAddress and NotIpAddress take them.
 *
 * An IPv4 address in its IPv6 form (`::ffff:192.0.2.1`, RFC 4291, section 2.5.5.2), as a host with one socket for both
 * kinds reports it, is the IPv4 address that it stands for: a rule about an address must not depend on the socket.
 */

/** An address as its 16-bit groups: two for IPv4, eight for IPv6. */
export type Address = ReadonlyArray<number>

/** The addresses that share their first `bits` bits with `address`. */
export interface IpRange {
  readonly address: Address
  readonly bits: number
}

const octet = String.raw`(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`
const ipv4 = new RegExp(String.raw`^${octet}\.${octet}\.${octet}\.${octet}$`)
const hexadecimalGroup = /^[0-9a-f]{1,4}$/i

const parseIpv4 = (text: string): Address | undefined => {
  const match = ipv4.exec(text)
  if (match === null) return undefined
  const [, a, b, c, d] = match
  return [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)]
}

/** The groups on one side of `::`, the last of which may be an IPv4 address. */
const parseGroups = (text: string): Array<number> | undefined => {
  if (text === "") return []
  const groups: Array<number> = []
  const parts = text.split(":")
  for (const [index, part] of parts.entries()) {
    const tail = index === parts.length - 1 ? parseIpv4(part) : undefined
    if (tail !== undefined) groups.push(...tail)
    else if (hexadecimalGroup.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}

const parseIpv6 = (text: string): Address | undefined => {
  const [left = "", right, more] = text.split("::")
  if (more !== undefined) return undefined
  const before = parseGroups(left)
  if (before === undefined) return undefined
  if (right === undefined) return before.length === 8 ? before : undefined
  // An IPv4 address can only be the end of the whole.
  if (left.includes(".")) return undefined
  const after = parseGroups(right)
  if (after === undefined) return undefined
  const missing = 8 - before.length - after.length
  // `::` stands for one group of zeros at least.
  return missing < 1 ? undefined : [...before, ...Array.from({ length: missing }, () => 0), ...after]
}

const parseForm = (text: string): Address | undefined => text.includes(":") ? parseIpv6(text) : parseIpv4(text)

const mappedPrefix = [0, 0, 0, 0, 0, 0xffff]
const isMapped = (address: Address): boolean => mappedPrefix.every((group, index) => address[index] === group)

/** Reads an address; nothing if it is none. */
export const parseAddress = (text: string): Address | undefined => {
  const address = parseForm(text)
  return address !== undefined && address.length === 8 && isMapped(address) ? address.slice(6) : address
}

const prefixLength = /^(?:0|[1-9]\d{0,2})$/

/** Reads `ADDRESS/BITS`, or an address alone, which is a range of one. Bits past the prefix do not count. */
export const parse = (text: string): IpRange | undefined => {
  const [addressText = "", bitsText, more] = text.split("/")
  const address = parseForm(addressText)
  if (address === undefined || more !== undefined) return undefined
  const all = address.length * 16
  if (bitsText !== undefined && !prefixLength.test(bitsText)) return undefined
  const bits = bitsText === undefined ? all : Number(bitsText)
  if (bits > all) return undefined
  return all === 128 && bits >= 96 && isMapped(address)
    ? { address: address.slice(6), bits: bits - 96 }
    : { address, bits }
}

/** Whether the address lies in the range. IPv4 and IPv6 are apart from each other. */
export const contains = (range: IpRange, address: Address): boolean => {
  if (range.address.length !== address.length) return false
  for (let index = 0, left = range.bits; left > 0; index++, left -= 16) {
    const dropped = left < 16 ? 16 - left : 0
    if ((range.address[index] ?? 0) >> dropped !== (address[index] ?? 0) >> dropped) return false
  }
  return true
}
