/** Node's own Argon2id (RFC 9106), which it has from 24.7 on; undefined before. */
import type { Argon2id } from "@keystead/core/crypto/PassphraseRootKey"
import * as crypto from "node:crypto"

const derive: Argon2id = (message, nonce, { lanes, memory, passes }, tagLength) =>
  new Promise((resolve, reject) => {
    crypto.argon2("argon2id", { message, nonce, parallelism: lanes, tagLength, memory, passes }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })

export const argon2id: Argon2id | undefined = typeof crypto.argon2 === "function" ? derive : undefined
