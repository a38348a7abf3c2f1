/** Noble's ML-KEM, in a file of its own as the curves are (`Curves.ts`). */
export { ml_kem1024, ml_kem512, ml_kem768 } from "@noble/post-quantum/ml-kem.js"
