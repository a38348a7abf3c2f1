import { assert, describe, it } from "@effect/vitest"
import * as Noble from "@keystead/core/crypto/Noble"
import { type Argon2id, fromPassphrase } from "@keystead/core/crypto/PassphraseRootKey"
import { establish } from "@keystead/core/crypto/RootKeyRecord"
import { fromBytes } from "@keystead/core/crypto/SecretRootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { RootKeyError } from "@keystead/core/Errors"
import { rootKeyRecordId, Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { argon2 } from "node:crypto"

const services = Layer.mergeAll(Noble.layer(insecureSeeded("passphrase")), MemoryStorage.layer)
const data = new Uint8Array([1, 2, 3])

const nodeArgon2id: Argon2id = (message, nonce, { lanes, memory, passes }, tagLength) =>
  new Promise((resolve, reject) => {
    argon2("argon2id", { message, nonce, parallelism: lanes, tagLength, memory, passes }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })

const open = (passphrase: string) => establish(fromPassphrase(passphrase, nodeArgon2id))

describe("a root key from a passphrase", () => {
  it.effect("is the same by noble's Argon2id and by the host's", () =>
    Effect.gen(function*() {
      const own = yield* establish(fromPassphrase("correct horse"))
      assert.deepStrictEqual(yield* (yield* open("correct horse")).mac(data), yield* own.mac(data))
    }).pipe(Effect.provide(services)))

  it.effect("is the same for the same passphrase in any normal form, and for no other", () =>
    Effect.gen(function*() {
      const first = yield* open("Zu\u0308rich 42")
      const again = yield* open("Z\u00fcrich 42")
      assert.deepStrictEqual(yield* again.mac(data), yield* first.mac(data))
      assert.strictEqual((yield* Effect.flip(open("Zurich 42"))).reason, "Wrong")
    }).pipe(Effect.provide(services)))

  it.effect("costs what RFC 9106 recommends second, with a salt of its own", () =>
    Effect.gen(function*() {
      const { create } = fromPassphrase("x", nodeArgon2id)
      const [one, other] = [(yield* create).parameters, (yield* create).parameters]
      assert.include(one, { source: "passphrase", algorithm: "argon2id", memory: 65_536, passes: 3, lanes: 4 })
      assert.notDeepEqual(one, other)
    }).pipe(Effect.provide(services)))

  it.effect("leaves none of the passphrase's bytes, whatever comes of them", () =>
    Effect.gen(function*() {
      const given: Array<Uint8Array> = []
      const seen = (then: () => Promise<Uint8Array>): Argon2id => (message) => {
        assert.strictEqual(new TextDecoder().decode(message), "horse")
        given.push(message)
        return then()
      }
      yield* establish(fromPassphrase("horse", seen(() => Promise.resolve(new Uint8Array(32).fill(1)))))
      yield* Effect.flip(establish(fromPassphrase("horse", seen(() => Promise.reject(new Error("no"))))))
      // Such as bytes that were handed over to a worker.
      yield* Effect.flip(establish(fromPassphrase("horse", (message, ...more) => {
        structuredClone(message, { transfer: [message.buffer] })
        return Promise.reject(new Error(String(more.length)))
      })))
      assert.deepStrictEqual(given, [new Uint8Array(5), new Uint8Array(5)])
    }).pipe(Effect.provide(services)))

  it.effect("is refused when empty", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(open(""))).reason, "Unreadable")
    }).pipe(Effect.provide(services)))

  it.effect("is refused where Argon2id cannot be computed, in its own words if it has some", () =>
    Effect.gen(function*() {
      const tooLarge = fromPassphrase("x", () => Promise.reject(new RangeError("Array buffer allocation failed")))
      const error = yield* Effect.flip(establish(tooLarge))
      assert(error._tag === "RootKeyError" && error.reason === "Unreadable")
      assert.include(error.message, "65536 KiB")
      const own = new RootKeyError({ reason: "Unreadable", message: "Not here" })
      assert.strictEqual(yield* Effect.flip(establish(fromPassphrase("x", () => Promise.reject(own)))), own)
    }).pipe(Effect.provide(services)))

  it.effect("is refused for a store that was made without", () =>
    Effect.gen(function*() {
      yield* establish(fromBytes(new Uint8Array(32)))
      assert.strictEqual((yield* Effect.flip(open("x"))).reason, "Wrong")
    }).pipe(Effect.provide(services)))

  it.effect("is not derived as a changed store says that could not be, or cost more memory than there is", () =>
    Effect.gen(function*() {
      const storage = yield* Storage
      yield* open("x")
      const sane = {
        source: "passphrase",
        algorithm: "argon2id",
        salt: "AAAAAAAAAAAAAAAAAAAAAA==",
        memory: 65_536,
        passes: 3,
        lanes: 4
      }
      for (const change of [{ memory: 2 ** 40 }, { memory: 31 }, { salt: "" }, { salt: "?" }, { lanes: 0 }]) {
        const value = { check: "", parameters: { ...sane, ...change } }
        yield* storage.commit([{ _tag: "Put", id: rootKeyRecordId, value }])
        const error = yield* Effect.flip(open("x"))
        assert.strictEqual(error.message.slice(0, 40), "The store was not made with a passphrase")
      }
    }).pipe(Effect.provide(services)))
})
