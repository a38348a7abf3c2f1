/** Files of any size, encrypted and decrypted; and everything that can go wrong with them. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import fc from "fast-check"
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { faulty } from "./support/FaultyDisk.ts"
import { failed, keystead, makeWorld, succeeded, user } from "./support/Keystead.ts"

const frame = 64 * 1024

/** Bytes that differ from place to place. */
const content = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255)

const pieces = (bytes: Uint8Array, length: number) =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
      bytes.slice(index * length, (index + 1) * length))
  )

describe("encrypt and decrypt", () => {
  for (const size of [0, 1, frame - 1, frame, frame + 1, 2 * frame, 1024 * 1024 + 1]) {
    it.effect(`give back a file of ${size} bytes`, () =>
      Effect.gen(function*() {
        const { file, files, run } = yield* makeWorld
        const plaintext = content(size)
        writeFileSync(file("in"), plaintext)
        succeeded(yield* run("encrypt", "--key", "alias/pay", "--in", file("in"), "--out", file("sealed")))
        succeeded(yield* run("decrypt", "--in", file("sealed"), "--out", file("back")))
        assert.isTrue(Buffer.from(plaintext).equals(readFileSync(file("back"))))
        assert.isAbove(statSync(file("sealed")).size, size)
        assert.strictEqual(statSync(file("back")).mode & 0o077, 0)
        assert.deepStrictEqual(files(), ["back", "in", "sealed"])
      }))
  }

  it.effect("work through pipes, however the bytes come", () =>
    Effect.gen(function*() {
      const { file, files, run, store } = yield* makeWorld
      const plaintext = content(frame + 77)
      for (const length of [1000, frame, plaintext.length]) {
        const piped = keystead(store, { stdin: pieces(plaintext, length) })
        const sealed = yield* piped("encrypt", "--key", "alias/pay", "--in", "-", "--out", "-", "--context", "a=b=c")
        assert.deepStrictEqual([sealed.code, sealed.out, sealed.err], [0, "", ""])
        const opened = yield* keystead(store, { stdin: pieces(sealed.bytes, length) })(
          "decrypt",
          "--in",
          "-",
          "--out",
          "-"
        )
        assert.deepStrictEqual([opened.code, opened.out, opened.err], [0, "", ""])
        assert.isTrue(Buffer.from(plaintext).equals(opened.bytes))
        writeFileSync(file("sealed"), sealed.bytes)
      }
      const { out } = succeeded(yield* run("decrypt", "--in", file("sealed"), "--out", file("back"), "--json"))
      assert.deepStrictEqual(JSON.parse(out), {
        In: file("sealed"),
        Out: file("back"),
        Bytes: plaintext.length,
        EncryptionContext: { a: "b=c" }
      })
      assert.deepStrictEqual(files(), ["back", "sealed"])
    }))

  it.effect("replace a file as a whole, through symbolic links, and even the one that they read", () =>
    Effect.gen(function*() {
      const { file, files, run } = yield* makeWorld
      writeFileSync(file("data"), "plain")
      symlinkSync(file("data"), file("link"))
      succeeded(yield* run("encrypt", "--key", "alias/pay", "--in", file("data"), "--out", file("link")))
      assert.notStrictEqual(readFileSync(file("data"), "utf8"), "plain")
      succeeded(yield* run("decrypt", "--in", file("data"), "--out", file("data")))
      assert.strictEqual(readFileSync(file("link"), "utf8"), "plain")
      assert.deepStrictEqual(files(), ["data", "link"])
    }))

  it.effect("open what an older material sealed, after a rotation", () =>
    Effect.gen(function*() {
      const { file, run } = yield* makeWorld
      writeFileSync(file("in"), "before")
      succeeded(yield* run("encrypt", "--key", "alias/pay", "--in", file("in"), "--out", file("sealed")))
      succeeded(yield* run("key", "rotate", "alias/pay"))
      succeeded(yield* run("decrypt", "--in", file("sealed"), "--out", file("back")))
      assert.strictEqual(readFileSync(file("back"), "utf8"), "before")
    }))
})

/** A world with a sealed file, and a file that no failure may change. */
const makeSealed = Effect.gen(function*() {
  const world = yield* makeWorld
  const { file, run } = world
  writeFileSync(file("in"), content(3 * frame))
  writeFileSync(file("kept"), "as it was")
  const encrypt = ["encrypt", "--key", "alias/pay", "--in", file("in"), "--out"]
  succeeded(yield* run(...encrypt, file("sealed"), "--context", "department=pay"))
  const untouched = () => {
    assert.deepStrictEqual(world.files(), ["in", "kept", "sealed"])
    assert.strictEqual(readFileSync(file("kept"), "utf8"), "as it was")
  }
  const decrypt = ["decrypt", "--in", file("sealed"), "--out", file("kept")]
  return { ...world, encrypt: [...encrypt, file("kept")], decrypt, untouched }
})

describe("a failure is one line, and leaves every file as it was", () => {
  it.effect("another encryption context", () =>
    Effect.gen(function*() {
      const { decrypt, run, untouched } = yield* makeSealed
      failed(yield* run(...decrypt, "--context", "department=sales"), 5, /encryption context .*"department"/)
      failed(yield* run(...decrypt, "--context", "other=pay"), 5, /"other"/)
      untouched()
    }))

  it.effect("no permission", () =>
    Effect.gen(function*() {
      const { decrypt, encrypt, run, untouched } = yield* makeSealed
      failed(yield* run(...decrypt, "--as", user("eve")), 4, /AccessDenied.*user\/eve .*kms:Decrypt.*key policy/)
      failed(yield* run(...encrypt, "--as", user("eve")), 4, /kms:GenerateDataKey/)
      untouched()
    }))

  it.effect("a key that is not there, disabled, or about to be deleted", () =>
    Effect.gen(function*() {
      const { decrypt, encrypt, file, run, untouched } = yield* makeSealed
      const missing = ["encrypt", "--key", "alias/none", "--in", file("in"), "--out", file("kept")]
      failed(yield* run(...missing), 3, /NotFound.*alias\/none.*key list/)
      failed(yield* run(...decrypt, "--region", "eu-west-1"), 3, /--region/)
      succeeded(yield* run("key", "disable", "alias/pay"))
      failed(yield* run(...decrypt), 6, /is disabled.*key enable/)
      failed(yield* run(...encrypt), 6, /is disabled/)
      succeeded(yield* run("key", "schedule-deletion", "alias/pay", "--days", "7"))
      failed(yield* run(...decrypt), 6, /is pending deletion/)
      untouched()
    }))

  it.effect("a file that is missing, a folder, no message, or cannot be written", () =>
    Effect.gen(function*() {
      const { file, folder, run, untouched } = yield* makeSealed
      const decrypt = (source: string, target: string) => run("decrypt", "--in", source, "--out", target)
      failed(yield* decrypt(file("nothing"), file("kept")), 7, /Cannot read .*nothing: there is no such file/)
      failed(yield* decrypt(folder, file("kept")), 7, /Cannot read .*: it is a folder/)
      failed(yield* decrypt(file("in"), file("kept")), 5, /Not a valid message/)
      failed(yield* decrypt(file("sealed"), file("no/such/folder")), 7, /Cannot write .*no such file or folder/)
      failed(yield* decrypt(file("sealed"), folder), 7, /Cannot write .*no regular file/)
      failed(yield* decrypt(file("sealed"), "/dev/null"), 7, /\/dev\/null: it is no regular file/)
      untouched()
    }))

  it.effect("a message with any bit changed, or cut anywhere, or with more after it", () =>
    Effect.gen(function*() {
      const { decrypt, file, run, untouched } = yield* makeSealed
      const message = readFileSync(file("sealed"))
      const context = yield* Effect.context()
      const attempt = (bytes: Uint8Array) =>
        Effect.gen(function*() {
          writeFileSync(file("sealed"), bytes)
          const { code, err, out } = yield* run(...decrypt)
          assert.include([3, 4, 5], code)
          assert.match(err, /^keystead: [^\n]+\n$/)
          assert.strictEqual(out, "")
          untouched()
        })
      const property = fc.asyncProperty(
        fc.nat(message.length - 1),
        fc.nat(7),
        fc.integer({ min: 1, max: 9 }),
        (at, bit, more) => {
          const flipped = Uint8Array.from(message)
          flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
          const longer = Buffer.concat([message, new Uint8Array(more)])
          return Effect.runPromiseWith(context)(
            Effect.forEach([flipped, message.subarray(0, at), longer], attempt, { discard: true })
          )
        }
      )
      yield* Effect.promise(() =>
        fc.assert(property, { numRuns: 12, examples: [[0, 0, 1], [message.length - 1, 0, 1]] })
      )
    }))

  it.effect("a disk that is full, fails at the end, or forbids", () =>
    Effect.gen(function*() {
      const { decrypt, encrypt, store, untouched } = yield* makeSealed
      const says = { ENOSPC: /Cannot write .*kept: no space is left/, EACCES: /Cannot write .*kept: this user may not/ }
      for (const code of ["ENOSPC", "EACCES"] as const) {
        for (const fault of ["open", "first write", "half a write", "sync", "rename"] as const) {
          for (const args of [encrypt, decrypt]) {
            const outcome = yield* keystead(store, { fileSystem: faulty(fault, code) })(...args)
            failed(outcome, 7, says[code])
            untouched()
          }
        }
      }
    }))

  it.effect("a pipe that breaks", () =>
    Effect.gen(function*() {
      const { file, store, untouched } = yield* makeSealed
      const message = readFileSync(file("sealed"))
      const stdin = Stream.concat(Stream.make(new Uint8Array(message.subarray(0, 2 * frame))), Stream.empty)
      const decrypt = keystead(store, { stdin })("decrypt", "--in", "-", "--out", file("kept"))
      failed(yield* decrypt, 5, /ends after \d+ bytes/)
      untouched()
    }))
})
