/**
 * Noble's Weierstrass curves, in a file of their own that imports nothing else: they make tables as soon as they are loaded,
 * and a bundler that makes one file of everything delays what this imports, and no more.
 */
export { p256, p384, p521 } from "@noble/curves/nist.js"
export { secp256k1 } from "@noble/curves/secp256k1.js"
