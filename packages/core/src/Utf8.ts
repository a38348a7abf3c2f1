/**
 * Text to UTF-8 and back: the one thing the core asks of its host beyond ECMAScript.
 *
 * The two constructors are declared here, so that the core's sources name no DOM types.
 */
declare const TextEncoder: new() => { readonly encode: (text: string) => Uint8Array<ArrayBuffer> }
declare const TextDecoder: new(
  label: string,
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean }
) => { readonly decode: (bytes: Uint8Array) => string }

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const loneSurrogate = /[\ud800-\udfff]/u

/** Whether the text has a UTF-8 form: no half of a surrogate pair stands alone in it. */
export const isWellFormed = (text: string): boolean => !loneSurrogate.test(text)

/** The UTF-8 bytes of a text. A lone surrogate becomes U+FFFD: check {@link isWellFormed} where that matters. */
export const encode = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** The text of UTF-8 bytes, byte order mark included, or undefined if they are not valid UTF-8. */
export const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
