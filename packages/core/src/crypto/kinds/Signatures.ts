/** Noble's ML-DSA, in a file of its own as the curves are (`Curves.ts`). */
export { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js"
