/** What the format allows, and what Keystead takes of it. */

/** Bytes of an AES-GCM nonce in a message. */
export const nonceLength = 12
/** Bytes of an AES-GCM tag in a message. */
export const tagLength = 16

/** Most encrypted data keys of one message. The format allows 65,535; each may cost its reader a call to a KMS. */
export const maxEncryptedDataKeys = 64

/** Most bytes of a header's body. Reading stops here, whatever lengths the header claims. */
export const maxHeaderLength = 512 * 1024

/** Most bytes of plaintext in a frame: the format's own limit. */
export const maxFormatFrameLength = 0xffff_ffff

/**
 * Most bytes of plaintext in a frame that a reader takes by default, 16 MiB. A frame must be in memory as a whole before
 * any of it may be released, so this bounds what a message can make its reader hold.
 */
export const defaultMaxFrameLength = 16 * 1024 * 1024

/**
 * Bytes of plaintext in a frame by default, 64 KiB. The AWS Encryption SDK's 4,096 spend most of the time on starting
 * ciphers: at 64 KiB a frame costs a reader little memory, and the cipher itself is most of the work.
 */
export const defaultFrameLength = 64 * 1024
