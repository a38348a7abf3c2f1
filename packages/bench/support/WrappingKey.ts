/** The key that both sides wrap data keys under. It is not secret, and protects nothing. */
export const wrappingKey = new Uint8Array(32).fill(42)

/** The names that a raw AES keyring writes beside an encrypted data key. */
export const names = { keyNamespace: "keystead-bench", keyName: "a key" }
