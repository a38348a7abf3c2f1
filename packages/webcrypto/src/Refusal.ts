/** How SubtleCrypto says that what it was given was not made with this key. */

/**
 * Whether this is what `decrypt` rejects with for bytes that are not authentic (Web Cryptography, the operations' own
 * steps): an OperationError, and nothing else. A host in other trouble says so otherwise.
 */
export const isRefusal = (error: unknown): boolean => error instanceof DOMException && error.name === "OperationError"
