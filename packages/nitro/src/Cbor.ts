/**
 * CBOR (RFC 8949), read strictly: numbers in their shortest form, no key twice, nothing left over, and none of the values
 * that attestation documents have no use for: tags, floating-point numbers, undefined.
 *
 * Lengths may be indefinite: Nitro's newer documents are maps of indefinite length.
 */
import { decode, type DecodeOptions, Tokenizer, Type } from "cborg"
import { BadDocument, need } from "./Refusal.ts"

const options = {
  strict: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowUndefined: false,
  allowIndefinite: true,
  allowBigInt: true
} satisfies DecodeOptions

/** 1.0 and 1 are the same in JavaScript; here one of them is no integer. */
const withoutFloats = (tokens: Tokenizer): Required<DecodeOptions>["tokenizer"] => ({
  done: () => tokens.done(),
  pos: () => tokens.pos(),
  next: () => {
    const token = tokens.next()
    need(!Type.equals(token.type, Type.float), "has a floating-point number")
    return token
  }
})

/** The one value that the bytes are. Maps are Maps, byte strings Uint8Arrays. Throws a BadDocument. */
export const read = (bytes: Uint8Array): unknown => {
  try {
    const value: unknown = decode(bytes, { ...options, tokenizer: withoutFloats(new Tokenizer(bytes, options)) })
    return value
  } catch (error) {
    // The decoder's own words may quote what it met.
    throw error instanceof BadDocument ? error : new BadDocument("is not well-formed CBOR")
  }
}
