/** Which way AES-256-GCM goes, by how much is sealed or opened (docs/decisions/0017-webcrypto-by-size.md). */
import type { AesGcm } from "@keystead/core/crypto/Crypto"
import { tagLength } from "@keystead/core/crypto/Preconditions"

/** Bytes of plaintext from which SubtleCrypto is the faster on every host that was measured. */
export const largeFrom = 1024

/** One AES-256-GCM of two under the same key, which give the same bytes: one for large plaintexts, one for the others. */
export const bySize = (large: AesGcm, small: AesGcm): AesGcm => {
  const forLength = (length: number): AesGcm => length < largeFrom ? small : large
  return {
    seal: (nonce, aad, plaintext) => forLength(plaintext.length).seal(nonce, aad, plaintext),
    sealDetached: (nonce, aad, plaintext) => forLength(plaintext.length).sealDetached(nonce, aad, plaintext),
    open: (nonce, aad, sealed) => forLength(sealed.length - tagLength).open(nonce, aad, sealed),
    sealEach: large.sealEach,
    openEach: large.openEach
  }
}
