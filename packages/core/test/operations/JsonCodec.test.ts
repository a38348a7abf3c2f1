import { assert, describe, it } from "@effect/vitest"
import { wireAnnotation } from "@keystead/core/domain/Members"
import * as JsonCodec from "@keystead/core/operations/JsonCodec"
import type { Operation } from "@keystead/core/operations/Operation"
import { operations, registry } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as SchemaAST from "effect/SchemaAST"
import fc from "fast-check"
import { account, makeWorld } from "../support/World.ts"

/** Values of a schema's shape, whatever its checks say: the codec does not ask them. */
const shaped = (ast: SchemaAST.AST): fc.Arbitrary<unknown> => {
  switch (ast._tag) {
    case "Declaration": {
      const [inner] = ast.typeParameters
      switch (ast.annotations?.[wireAnnotation]) {
        case "blob":
          return fc.uint8Array({ maxLength: 40 })
        case "timestamp":
          return fc.integer({ min: -1e13, max: 1e13 }).map((ms) => new Date(ms))
        case "list":
          return fc.array(inner === undefined ? fc.constant(0) : shaped(inner), { maxLength: 4 })
        default:
          return inner === undefined
            ? fc.oneof(fc.string(), fc.integer(), fc.dictionary(fc.string(), fc.string()))
            : shaped(inner)
      }
    }
    case "Objects":
      return fc.record(
        Object.fromEntries(ast.propertySignatures.map(({ name, type }) => [String(name), shaped(type)])),
        { requiredKeys: [] }
      )
    case "Boolean":
      return fc.boolean()
    case "Void":
      return fc.constant({})
    default:
      return fc.string()
  }
}

const decode = (codec: JsonCodec.JsonCodec, json: unknown) =>
  Result.getOrThrow(codec.decode(JSON.parse(JSON.stringify(json))))

describe("JsonCodec", () => {
  for (const operation of operations) {
    it(`gives back every request and reply of ${operation.name}`, () => {
      for (const schema of [operation.input, operation.output]) {
        const codec = JsonCodec.of(schema)
        fc.assert(
          fc.property(shaped(schema.ast), (value) => {
            assert.deepStrictEqual<unknown>(decode(codec, codec.encode(value)), value)
          }),
          { numRuns: 30 }
        )
      }
    })
  }

  it("writes blobs as base64 and timestamps as epoch seconds, at any depth", () => {
    assert.deepStrictEqual(
      JsonCodec.of(registry.Decrypt.output).encode({ Plaintext: Uint8Array.of(0, 255, 16), KeyId: undefined }),
      { Plaintext: "AP8Q" }
    )
    assert.deepStrictEqual(
      JsonCodec.of(registry.ListAliases.output).encode({ Aliases: [{ CreationDate: new Date(1500) }] }),
      { Aliases: [{ CreationDate: 1.5 }] }
    )
    assert.deepStrictEqual(JsonCodec.of(registry.EnableKey.output).encode(undefined), {})
  })

  it("leaves out what is null or unknown, and keeps what only the service can judge", () => {
    const codec = JsonCodec.of(registry.Encrypt.input)
    const text = `{"KeyId":5,"Plaintext":"","GrantTokens":null,"Surprise":1,"__proto__":{"DryRun":true}}`
    const value = Result.getOrThrow(codec.decode(JSON.parse(text)))
    assert.deepStrictEqual<unknown>(value, { KeyId: 5, Plaintext: new Uint8Array(0) })
  })

  it("refuses what cannot be read, and names it without its value", () => {
    const refused = (operation: Operation, json: unknown) => {
      const result = JsonCodec.of(operation.input).decode(json)
      assert.isTrue(Result.isFailure(result))
      return Result.isFailure(result) ? result.failure.message : ""
    }
    for (const json of [null, [], "{}", 1, true]) {
      assert.strictEqual(refused(registry.Encrypt, json), "The request must be a JSON object.")
    }
    for (const plaintext of ["secret", "c2VjcmV0Cg=", "c2V=cmV0", 17, {}, [115]]) {
      assert.strictEqual(
        refused(registry.Encrypt, { Plaintext: plaintext }),
        "The request cannot be read: 'Plaintext' must be base64 text."
      )
    }
    assert.strictEqual(
      refused(registry.Decrypt, { Recipient: { AttestationDocument: "?" } }),
      "The request cannot be read: 'Recipient.AttestationDocument' must be base64 text."
    )
  })

  it("refuses timestamps that are none", () => {
    const codec = JsonCodec.of(registry.DescribeKey.output)
    for (const date of ["1970-01-01T00:00:00Z", 1e300, {}, true]) {
      const result = codec.decode({ KeyMetadata: { KeyId: "x", CreationDate: date } })
      assert.strictEqual(
        Result.isFailure(result) ? result.failure.message : "",
        "The request cannot be read: 'KeyMetadata.CreationDate' must be a number of seconds since 1970."
      )
    }
  })

  it.effect("declares every action that a call asks for", () =>
    Effect.gen(function*() {
      for (const operation of operations) {
        assert.isAbove(operation.actions.length, 0)
        for (const action of operation.actions) assert.match(action, /^kms:[A-Z][A-Za-z]+$/)
      }
      const world = yield* makeWorld()
      const { KeyMetadata } = yield* world.root.createKey()
      const eve = world.as(`arn:aws:iam::${account}:user/eve`)
      const KeyId = KeyMetadata?.KeyId ?? ""
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId, Plaintext: Uint8Array.of(1) })
      const denied = yield* Effect.flip(eve.reEncrypt({ CiphertextBlob, SourceKeyId: KeyId, DestinationKeyId: KeyId }))
      assert.isTrue(registry.ReEncrypt.actions.some((action) => denied.message.includes(action)))
    }))
})
