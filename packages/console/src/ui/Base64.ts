/** Base64, for bytes that people copy. */

/** The text of bytes. */
export const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))

/** The bytes of a text, whose white space does not count. Throws if it is none. */
export const fromBase64 = (text: string): Uint8Array => {
  try {
    return Uint8Array.from(atob(text.replaceAll(/\s/g, "")), (letter) => letter.charCodeAt(0))
  } catch {
    throw new Error("This is not base64: copy all of the ciphertext.")
  }
}
