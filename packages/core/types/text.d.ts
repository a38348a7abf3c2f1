/**
 * All that the core asks of its host beyond ECMAScript: UTF-8 (WHATWG Encoding Standard). Declared here, so that the
 * DOM's and Node's types stay out of the core, and a use of anything else of theirs fails the type check.
 */
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
}

declare class TextDecoder {
  constructor(label?: "utf-8", options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean })
  decode(input?: Uint8Array, options?: { readonly stream?: boolean }): string
}
