/** Noble's Edwards curve, in a file of its own as the other curves are (`Curves.ts`). */
export { ed25519, ed25519ph } from "@noble/curves/ed25519.js"
