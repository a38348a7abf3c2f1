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

/** Up to this length it is faster to go through the text than to ask the host; the other way round it is not. */
const short = 48

/** The UTF-8 bytes of a text. A lone surrogate becomes U+FFFD: check {@link isWellFormed} where that matters. */
export const encode = (text: string): Uint8Array<ArrayBuffer> => {
  if (text.length > short) return encoder.encode(text)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit > 0x7f) return encoder.encode(text)
    bytes[at] = unit
  }
  return bytes
}

/** The text of UTF-8 bytes, byte order mark included, or undefined if they are not valid UTF-8. */
export const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
