/** What RSA keys must do where no test framework runs. */
import { Crypto } from "@keystead/core/crypto/Crypto"
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import * as Effect from "effect/Effect"
import { need, same } from "./Need.ts"

const changed = (bytes: Uint8Array): Uint8Array => bytes.with(9, (bytes[9] ?? 0) ^ 1)

const message = new Uint8Array(100).fill(3)
const none = new Uint8Array(0)
const cannot = Effect.die(new Error("This kind cannot do that"))

const checkSigning = Effect.fnUntraced(function*(kind: KeyKind, bytes: Uint8Array, publicKey: Uint8Array) {
  const key = yield* kind.prepare(bytes)
  const digest = yield* (yield* Crypto).sha256(message)
  const verify = (...args: Parameters<NonNullable<KeyKind["verify"]>>) => kind.verify?.(...args) ?? cannot
  for (const algorithm of ["RSASSA_PSS_SHA_256", "RSASSA_PKCS1_V1_5_SHA_256"]) {
    const raw = { algorithm, message, messageType: "RAW" } as const
    const digested = { algorithm, message: digest, messageType: "DIGEST" } as const
    const signature = yield* key.sign?.(raw) ?? cannot
    for (const signed of [raw, digested]) {
      yield* need(yield* verify(publicKey, signed, signature), `${algorithm} of ${signed.messageType} is refused`)
      for (const other of [changed(signature), signature.subarray(1), new Uint8Array(signature.length).fill(0xff)]) {
        yield* need(!(yield* verify(publicKey, signed, other)), `${algorithm}: another signature is taken`)
      }
    }
    const refused = yield* Effect.match(key.sign?.(digested) ?? cannot, {
      onSuccess: () => "",
      onFailure: ({ _tag }) => _tag
    })
    yield* need(refused === "UnsupportedOperationException", `${algorithm} of a digest: ${refused}`)
  }
})

const checkEncryption = Effect.fnUntraced(function*(kind: KeyKind, bytes: Uint8Array, publicKey: Uint8Array) {
  const key = yield* kind.prepare(bytes)
  const decrypt = (...args: Parameters<NonNullable<typeof key.decrypt>>) => key.decrypt?.(...args) ?? cannot
  for (const algorithm of ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]) {
    const ciphertext = yield* kind.encrypt?.(publicKey, algorithm, message) ?? cannot
    yield* need(same(yield* decrypt(algorithm, ciphertext), message), `${algorithm} does not come back`)
    for (const other of [changed(ciphertext), ciphertext.subarray(1), new Uint8Array(256).fill(0xff), none]) {
      const opened = yield* Effect.match(decrypt(algorithm, other), { onSuccess: () => true, onFailure: () => false })
      yield* need(!opened, `${algorithm}: another ciphertext is taken`)
    }
  }
})

/** A new key of 2,048 bits, read and used. */
export const checkRsa = Effect.gen(function*() {
  const kind = webKinds[0] ?? (yield* cannot)
  const { bytes, publicKey = none } = yield* kind.generate
  const read = yield* kind.read(bytes)
  yield* need(same(read.bytes, bytes) && same(read.publicKey ?? none, publicKey), "A key is not read as it was made")
  const broken = yield* Effect.match(kind.read(changed(bytes)), { onSuccess: () => false, onFailure: () => true })
  yield* need(broken, "What is no key is read")
  yield* checkSigning(kind, bytes, publicKey)
  yield* checkEncryption(kind, bytes, publicKey)
})
