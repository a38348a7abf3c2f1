/** AES-KWP (RFC 5649) by noble, in a file of its own: noble's AES makes tables as soon as it is loaded, and few need it. */
export { aeskwp } from "@noble/ciphers/aes.js"
