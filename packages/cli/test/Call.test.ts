/** `keystead call` and `keystead operations`: everything that the registry has, and nothing else. */
import { assert, describe, it } from "@effect/vitest"
import * as Errors from "@keystead/core/Errors"
import { operations } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { failed, keystead, makeWorld, succeeded } from "./support/Keystead.ts"

/** Values that any member might be given: right ones, wrong ones, and ones of the wrong kind. */
const anyValue = (keyId: string) =>
  fc.oneof(
    fc.constantFrom<unknown>(keyId, "alias/pay", "AAAA", "SYMMETRIC_DEFAULT", "AES_256", "default", 7, 90, 32, true),
    fc.constantFrom<unknown>({}, { a: "b" }, [], [{ TagKey: "a", TagValue: "b" }], ["a"], null, -1, 1.5, ""),
    fc.string({ maxLength: 10 }),
    fc.jsonValue({ maxDepth: 2 })
  )

const members = [
  ...new Set(
    operations.flatMap(({ input }) => input.ast._tag === "Objects" ? input.ast.propertySignatures : [])
      .map(({ name }) => String(name))
  )
]

describe("call", () => {
  it.effect("reaches every operation: it replies, or refuses with an error of the KMS API", () =>
    Effect.gen(function*() {
      const { keyId, run } = yield* makeWorld
      const context = yield* Effect.context()
      const request = fc.dictionary(fc.constantFrom(...members), anyValue(keyId), { maxKeys: 6 })
      const replied = new Set<string>()
      const attempt = (name: string, input: object) =>
        Effect.gen(function*() {
          const { code, err, out } = yield* run("call", name, "--input", JSON.stringify(input))
          if (code === 0) {
            assert.isObject(JSON.parse(out))
            assert.strictEqual(err, "")
            replied.add(name)
          } else {
            const error = /^keystead: ([A-Za-z]+Exception): [^\n]+\n$/.exec(err)?.[1] ?? err
            assert.isTrue(Object.hasOwn(Errors, error), err)
            assert.strictEqual(out, "")
            assert.notStrictEqual(code, 70)
          }
        })
      for (const { name } of operations) {
        yield* attempt(name, { KeyId: keyId })
        const property = fc.asyncProperty(request, (input) => Effect.runPromiseWith(context)(attempt(name, input)))
        yield* Effect.promise(() => fc.assert(property, { numRuns: 5 }))
      }
      assert.isAtLeast(replied.size, 12)
    }))

  it.effect("speaks AWS JSON 1.1: blobs in base64, times in seconds since 1970", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1500 millis")
      const { keyId, run, store } = yield* makeWorld
      const call = (name: string, input: object) =>
        Effect.map(run("call", name, "--input", JSON.stringify(input)), (outcome) => JSON.parse(succeeded(outcome).out))
      const sealed = yield* call("Encrypt", {
        KeyId: "alias/pay",
        Plaintext: "c2VjcmV0",
        EncryptionContext: { a: "b" }
      })
      assert.match(sealed.KeyId, /^arn:aws:kms:us-east-1:111122223333:key\//)
      const request = JSON.stringify({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: { a: "b" } })
      const piped = keystead(store, { stdin: Stream.make(new TextEncoder().encode(request)) })
      assert.strictEqual(
        JSON.parse(succeeded(yield* piped("call", "Decrypt", "--input", "-")).out).Plaintext,
        "c2VjcmV0"
      )
      const { KeyMetadata } = yield* call("DescribeKey", { KeyId: keyId })
      assert.strictEqual(KeyMetadata.CreationDate, 1.5)
      assert.deepStrictEqual(
        yield* call("TagResource", { KeyId: keyId, Tags: [{ TagKey: "team", TagValue: "pay" }] }),
        {}
      )
      const tags = yield* call("ListResourceTags", { KeyId: keyId })
      assert.deepStrictEqual(tags, { Tags: [{ TagKey: "team", TagValue: "pay" }], Truncated: false })
      assert.strictEqual(
        Buffer.from((yield* call("GenerateRandom", { NumberOfBytes: 9 })).Plaintext, "base64").length,
        9
      )
    }))

  it.effect("refuses in one line what is no request, and never repeats a secret", () =>
    Effect.gen(function*() {
      const { run } = yield* makeWorld
      const encrypt = (input: string) => run("call", "Encrypt", "--input", input)
      const plaintext = "top-secret"
      const wrong = [
        `{"KeyId":"alias/pay","Plaintext":"${plaintext}"`,
        `{"KeyId":"alias/pay","Plaintext":"${plaintext}"}`,
        `{"KeyId":"alias/pay","Plaintext":{"${plaintext}":1}}`,
        `"${plaintext}"`
      ]
      for (const input of wrong) {
        const outcome = yield* encrypt(input)
        failed(outcome, 1, /SerializationException/)
        assert.notInclude(outcome.err, plaintext)
      }
      failed(yield* encrypt(`{"KeyId":"alias/pay","Plaintext":""}`), 1, /ValidationException: 1 validation error/)
      failed(yield* encrypt("{}"), 1, /2 validation errors.*'keyId'.*'plaintext'/)
      failed(yield* run("call", "Encript"), 2, /"Encript".*See `keystead call --help`/)
      failed(yield* run("call"), 2, /operation/)
    }))

  it.effect("makes a store only for what begins one", () =>
    Effect.gen(function*() {
      const { file, files } = yield* makeWorld
      const elsewhere = keystead(file("other"))
      for (const name of ["ListKeys", "GenerateRandom", "DisableKey"]) {
        failed(yield* elsewhere("call", name), 3, /no store at .*other.*key create.*--store/)
      }
      assert.deepStrictEqual(files(), [])
      succeeded(yield* elsewhere("call", "CreateKey"))
      assert.deepStrictEqual(files(), ["other", "other.rootkey"])
    }))
})

interface Told {
  readonly name: string
  readonly actions: ReadonlyArray<string>
  readonly states: Readonly<Record<string, string>> | null
}

describe("operations", () => {
  it.effect("names every operation, one a line", () =>
    Effect.gen(function*() {
      const { out } = succeeded(yield* keystead("/nowhere")("operations"))
      assert.deepStrictEqual(out.trimEnd().split("\n"), operations.map(({ name }) => name))
    }))

  it.effect("tells machines the actions and the states of each", () =>
    Effect.gen(function*() {
      const { out } = succeeded(yield* keystead("/nowhere")("operations", "--json"))
      const told: ReadonlyArray<Told> = JSON.parse(out)
      assert.deepStrictEqual(
        told,
        operations.map(({ actions, name, readOnly, states }) => ({
          name,
          actions,
          readOnly,
          states: states ?? null
        }))
      )
      const encrypt = told.find(({ name }) => name === "Encrypt")
      assert.strictEqual(encrypt?.states?.["Disabled"], "DisabledException")
      assert.deepStrictEqual(encrypt?.actions, ["kms:Encrypt"])
    }))
})
