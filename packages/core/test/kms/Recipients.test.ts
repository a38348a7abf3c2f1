/** Replies for attested recipients, whoever attests: verified first, put to the policies, and never in clear. */
import { assert, describe, it } from "@effect/vitest"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { type Attested, Recipients } from "@keystead/core/crypto/Recipients"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { sealReply, secretMembers } from "@keystead/core/crypto/SealedReply"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { ValidationException } from "@keystead/core/Errors"
import * as Explain from "@keystead/core/Explain"
import { operations, registry } from "@keystead/core/operations/Registry"
import { Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { failureOf } from "../support/Failure.ts"
import { account, bytes, createKey, makeWorld, region, root, rootKeyBytes, user } from "../support/World.ts"

const image = "ab".repeat(48)
const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256" as const, AttestationDocument: bytes("good") }
const Foreign = { ...Recipient, AttestationDocument: bytes("foreign") }

/** A transparent seal: each byte flipped. */
const flipped = (plaintext: Uint8Array): Uint8Array => plaintext.map((byte) => byte ^ 0xff)

/** Attests the image of the document "good", and remembers when it was asked, and what it was given to seal. */
const attester = () => {
  const asked: Array<number> = []
  const sealed: Array<Uint8Array> = []
  const attested: Attested = {
    conditions: { "kms:RecipientAttestation:PCR0": image },
    audit: { recipient: { attestationDocumentModuleId: "module" } },
    seal: (reply) =>
      sealReply(reply, (plaintext) => {
        sealed.push(plaintext)
        return Effect.succeed(flipped(plaintext))
      })
  }
  const attest: typeof Recipients.Service = ({ AttestationDocument }, now) => {
    asked.push(now)
    return AttestationDocument?.[0] === bytes("good")[0]
      ? Effect.succeed(attested)
      : Effect.fail(new ValidationException({ message: "foreign" }))
  }
  return { attest, asked, sealed }
}

const onlyTheImage = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" },
    {
      Effect: "Allow",
      Principal: { AWS: user("enclave") },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { StringEqualsIgnoreCase: { "kms:RecipientAttestation:PCR0": image.toUpperCase() } }
    }
  ]
})

const prepared = Effect.gen(function*() {
  const attesting = attester()
  const world = yield* makeWorld({ attest: attesting.attest })
  const keyId = yield* createKey(world.root, { Policy: onlyTheImage })
  const { CiphertextBlob = bytes("") } = yield* world.root.encrypt({ KeyId: keyId, Plaintext: bytes("secret") })
  return { ...attesting, world, keyId, arn: `arn:aws:kms:${region}:${account}:key/${keyId}`, CiphertextBlob }
})

describe("a reply for a recipient", () => {
  it.effect("is sealed, without plaintext and key material id, and what was in clear is overwritten", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, arn, keyId, sealed, world } = yield* prepared
      const decrypted = yield* world.root.decrypt({ CiphertextBlob, Recipient })
      assert.deepStrictEqual(decrypted, {
        KeyId: arn,
        EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        CiphertextForRecipient: flipped(bytes("secret"))
      })
      const made = yield* world.root.generateDataKey({ KeyId: keyId, KeySpec: "AES_256", Recipient })
      assert.sameMembers(Object.keys(made), ["CiphertextBlob", "KeyId", "CiphertextForRecipient"])
      const { Plaintext } = yield* world.root.decrypt({ CiphertextBlob: made.CiphertextBlob })
      assert.deepStrictEqual(flipped(made.CiphertextForRecipient ?? bytes("")), Plaintext)
      const random = yield* world.root.generateRandom({ NumberOfBytes: 32, Recipient })
      assert.deepStrictEqual(Object.keys(random), ["CiphertextForRecipient"])
      assert.lengthOf(sealed, 3)
      for (const secret of sealed) assert.isTrue(secret.every((byte) => byte === 0))
    }))

  it.effect("is asked about at the time of the call, once, and not without a Recipient", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, asked, world } = yield* prepared
      yield* TestClock.adjust(1234)
      yield* world.root.decrypt({ CiphertextBlob })
      assert.deepStrictEqual(asked, [])
      yield* world.root.decrypt({ CiphertextBlob, Recipient })
      assert.deepStrictEqual(asked, [1234])
    }))

  it.effect("is refused before anything else is told, if the attestation is not good", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, keyId, world } = yield* prepared
      const refusal = "ValidationException: foreign"
      const outsider = world.as(user("outsider"))
      assert.strictEqual(yield* failureOf(outsider, "Decrypt", { CiphertextBlob, Recipient: Foreign }), refusal)
      assert.strictEqual(
        yield* failureOf(world.root, "GenerateDataKey", { KeyId: "nothing", KeySpec: "AES_256", Recipient: Foreign }),
        refusal
      )
      assert.strictEqual(
        yield* failureOf(world.root, "GenerateRandom", { NumberOfBytes: 1, Recipient: Foreign }),
        refusal
      )
      yield* world.root.disableKey({ KeyId: keyId })
      assert.match(yield* failureOf(world.root, "Decrypt", { CiphertextBlob, Recipient }), /^DisabledException/)
    }))

  it.effect("seals nothing in a dry run", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, sealed, world } = yield* prepared
      const input = { CiphertextBlob, Recipient, DryRun: true }
      assert.match(yield* failureOf(world.root, "Decrypt", input), /^DryRunOperationException/)
      assert.lengthOf(sealed, 0)
    }))
})

describe("what is attested", () => {
  it.effect("is put to the policies: the image may, and nobody without it", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, keyId, world } = yield* prepared
      const enclave = world.as(user("enclave"))
      yield* enclave.decrypt({ CiphertextBlob, Recipient })
      yield* enclave.generateDataKey({ KeyId: keyId, KeySpec: "AES_128", Recipient })
      assert.match(yield* failureOf(enclave, "Decrypt", { CiphertextBlob }), /^AccessDeniedException/)
      const plain = { KeyId: keyId, KeySpec: "AES_128" }
      assert.match(yield* failureOf(enclave, "GenerateDataKey", plain), /^AccessDeniedException/)
    }))

  it.effect("stands in the audit event, and the document does not", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, world } = yield* prepared
      yield* world.root.decrypt({ CiphertextBlob, Recipient })
      const event = world.events().at(-1)
      assert.deepStrictEqual(event?.additionalEventData?.recipient, { attestationDocumentModuleId: "module" })
      assert.isTrue(event?.additionalEventData?.authorization.allowed)
      assert.deepStrictEqual(event?.requestParameters, {})
      yield* world.root.decrypt({ CiphertextBlob })
      assert.notProperty(world.events().at(-1)?.additionalEventData, "recipient")
    }))

  it.effect("is in explanations", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, attest, world } = yield* prepared
      const context = yield* Layer.build(
        Explain.layer().pipe(
          Layer.provide(Layer.succeed(Recipients, attest)),
          Layer.provide(Layer.effect(RootKey, Effect.suspend(() => DerivedRootKey.make(rootKeyBytes())))),
          Layer.provide(Layer.succeed(Storage, MemoryStorage.make(world.store))),
          Layer.provide(Noble.layer(insecureSeeded("explain")))
        )
      )
      const { explain } = yield* Effect.provideContext(Explain.Explain, context)
      const session = { caller: { principal: user("enclave") }, region }
      assert.isTrue((yield* explain(registry.Decrypt, { CiphertextBlob, Recipient }, session)).allowed)
      assert.isFalse((yield* explain(registry.Decrypt, { CiphertextBlob }, session)).allowed)
      const { stopped } = yield* explain(registry.Decrypt, { CiphertextBlob, Recipient: Foreign }, session)
      assert.deepStrictEqual(stopped, { error: "ValidationException", message: "foreign" })
    }))
})

describe("operations", () => {
  const withRecipient = operations.filter(({ input }) => "Recipient" in Object(Reflect.get(input, "fields")))

  it("that take a Recipient are AWS's", () => {
    const known = ["Decrypt", "DeriveSharedSecret", "GenerateDataKey", "GenerateDataKeyPair", "GenerateRandom"]
    const there = known.filter((known) => operations.some(({ name }) => name === known))
    assert.deepStrictEqual(withRecipient.map(({ name }) => name).toSorted(), there)
  })

  it.each(withRecipient)("$name has exactly one secret to seal, and a member for it", ({ output }) => {
    const members = Object.keys(Object(Reflect.get(output, "fields")))
    assert.lengthOf(members.filter((member) => secretMembers.includes(member)), 1)
    assert.include(members, "CiphertextForRecipient")
  })

  it.effect.each([
    {},
    undefined,
    { Plaintext: undefined },
    { Plaintext: "text" },
    { Plaintext: bytes("a"), SharedSecret: bytes("b") }
  ])("end in a defect rather than reply %j unsealed", (reply) =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(sealReply(reply, (plaintext) => Effect.succeed(plaintext)))
      assert(Exit.isFailure(exit))
      assert.isTrue(exit.cause.reasons.every(Cause.isDieReason))
    }))
})
