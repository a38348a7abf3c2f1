/** Enclaves that call a Keystead: every operation with a Recipient, and policies that ask which image calls. */
import { assert, describe, it } from "@effect/vitest"
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as Client from "@keystead/core/Client"
import * as Kms from "@keystead/core/Kms"
import { registry } from "@keystead/core/operations/Registry"
import * as NitroRecipients from "@keystead/nitro/NitroRecipients"
import * as NodeKms from "@keystead/runtime-node/NodeKms"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto"
import { key, members, path, rootOf } from "./support/Attesting.ts"
import { image, membersOf, moduleId, open, pcrs, publicKeyOf, signDocument } from "./support/Enclave.ts"
import { makePath, now } from "./support/Pki.ts"

const root = "arn:aws:iam::111122223333:root"
const enclave = "arn:aws:iam::111122223333:user/enclave"
const secret = new TextEncoder().encode("attack at dawn")

const recipient = (AttestationDocument: Uint8Array) => ({
  KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256" as const,
  AttestationDocument
})
const Recipient = recipient(signDocument(path, members))
const Debugged = recipient(signDocument(path, { ...members, pcrs: new Map([[0, new Uint8Array(48)]]) }))
const foreign = makePath()
const Foreign = recipient(signDocument(foreign, membersOf(foreign, publicKeyOf(key))))

const prepared = Effect.gen(function*() {
  yield* TestClock.setTime(now)
  const events: Array<AuditEvent> = []
  const context = yield* Layer.build(
    NodeKms.layer({
      recipients: NitroRecipients.layer({ roots: [rootOf(path)] }),
      audit: (event) => void events.push(event)
    })
  )
  const kms = yield* Effect.provideContext(Kms.Kms, context)
  const as = (principal: string) => Client.make(kms, { caller: { principal }, region: "eu-west-1" }, registry)
  return { events, owner: as(root), caller: as(enclave) }
})

const policy = (conditions: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" },
      { Effect: "Allow", Principal: { AWS: enclave }, Action: "kms:*", Resource: "*", Condition: conditions }
    ]
  })

describe("an enclave", () => {
  it.effect("decrypts", () =>
    Effect.gen(function*() {
      const { owner } = yield* prepared
      const KeyId = (yield* owner.createKey({})).KeyMetadata?.KeyId ?? ""
      const { CiphertextBlob } = yield* owner.encrypt({ KeyId, Plaintext: secret })
      const reply = yield* owner.decrypt({ CiphertextBlob, Recipient })
      assert.sameMembers(Object.keys(reply), ["KeyId", "EncryptionAlgorithm", "CiphertextForRecipient"])
      assert.deepStrictEqual(open(key, reply.CiphertextForRecipient), secret)
    }))

  it.effect("generates data keys", () =>
    Effect.gen(function*() {
      const { owner } = yield* prepared
      const KeyId = (yield* owner.createKey({})).KeyMetadata?.KeyId ?? ""
      const reply = yield* owner.generateDataKey({ KeyId, KeySpec: "AES_256", Recipient })
      assert.sameMembers(Object.keys(reply), ["CiphertextBlob", "KeyId", "CiphertextForRecipient"])
      const { Plaintext } = yield* owner.decrypt({ CiphertextBlob: reply.CiphertextBlob })
      assert.lengthOf(Plaintext ?? [], 32)
      assert.deepStrictEqual(open(key, reply.CiphertextForRecipient), Plaintext)
    }))

  it.effect("generates random bytes", () =>
    Effect.gen(function*() {
      const { owner } = yield* prepared
      const reply = yield* owner.generateRandom({ NumberOfBytes: 1024, Recipient })
      assert.deepStrictEqual(Object.keys(reply), ["CiphertextForRecipient"])
      assert.lengthOf(open(key, reply.CiphertextForRecipient), 1024)
    }))

  it.effect("generates data key pairs", () =>
    Effect.gen(function*() {
      const { owner } = yield* prepared
      const KeyId = (yield* owner.createKey({})).KeyMetadata?.KeyId ?? ""
      for (const KeyPairSpec of ["ECC_NIST_P256", "RSA_2048"] as const) {
        const reply = yield* owner.generateDataKeyPair({ KeyId, KeyPairSpec, Recipient })
        assert.sameMembers(
          Object.keys(reply),
          ["PrivateKeyCiphertextBlob", "PublicKey", "KeyId", "KeyPairSpec", "CiphertextForRecipient"]
        )
        const der = Buffer.from(open(key, reply.CiphertextForRecipient))
        const pair = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" }))
        assert.deepStrictEqual(new Uint8Array(pair.export({ format: "der", type: "spki" })), reply.PublicKey)
        const { Plaintext } = yield* owner.decrypt({ CiphertextBlob: reply.PrivateKeyCiphertextBlob })
        assert.deepStrictEqual(Plaintext, new Uint8Array(der))
      }
    }))

  it.effect("derives shared secrets", () =>
    Effect.gen(function*() {
      const { owner } = yield* prepared
      const made = yield* owner.createKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" })
      const KeyId = made.KeyMetadata?.KeyId ?? ""
      const peer = generateKeyPairSync("ec", { namedCurve: "P-256" })
      const PublicKey = new Uint8Array(peer.publicKey.export({ format: "der", type: "spki" }))
      const reply = yield* owner.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey, Recipient })
      assert.sameMembers(
        Object.keys(reply),
        ["KeyId", "KeyAgreementAlgorithm", "KeyOrigin", "CiphertextForRecipient"]
      )
      const own = Buffer.from((yield* owner.getPublicKey({ KeyId })).PublicKey ?? [])
      const publicKey = createPublicKey({ key: own, format: "der", type: "spki" })
      const expected = diffieHellman({ privateKey: peer.privateKey, publicKey })
      assert.deepStrictEqual(open(key, reply.CiphertextForRecipient), new Uint8Array(expected))
    }))
})

describe("a policy", () => {
  it.effect.each(
    [
      ["PCR0", { StringEqualsIgnoreCase: { "kms:RecipientAttestation:PCR0": image.toUpperCase() } }],
      ["ImageSha384", { StringEqualsIgnoreCase: { "kms:RecipientAttestation:ImageSha384": image } }],
      ["another register", {
        StringEquals: { "kms:RecipientAttestation:PCR8": Buffer.from(pcrs.get(8) ?? []).toString("hex") }
      }]
    ] as const
  )("that asks for %s lets the right image in, and nobody else", ([, conditions]) =>
    Effect.gen(function*() {
      const { caller, owner } = yield* prepared
      const { KeyMetadata } = yield* owner.createKey({ Policy: policy(conditions) })
      const KeyId = KeyMetadata?.Arn ?? ""
      const { CiphertextBlob } = yield* owner.encrypt({ KeyId, Plaintext: secret })
      const opened = yield* caller.decrypt({ CiphertextBlob, KeyId, Recipient })
      assert.deepStrictEqual(open(key, opened.CiphertextForRecipient), secret)
      for (const other of [{}, { Recipient: Debugged }]) {
        const refused = yield* Effect.flip(caller.decrypt({ CiphertextBlob, KeyId, ...other }))
        assert.strictEqual(refused._tag, "AccessDeniedException")
        const made = yield* Effect.flip(caller.generateDataKey({ KeyId, KeySpec: "AES_256", ...other }))
        assert.strictEqual(made._tag, "AccessDeniedException")
      }
      const unknown = yield* Effect.flip(caller.decrypt({ CiphertextBlob, KeyId, Recipient: Foreign }))
      assert.strictEqual(
        `${unknown._tag}: ${unknown.message}`,
        "ValidationException: The attestation document is of a root certificate that is not trusted here."
      )
    }))

  it.effect("sees nothing of attestations where there is none", () =>
    Effect.gen(function*() {
      const { caller, owner } = yield* prepared
      const none = { Null: { "kms:RecipientAttestation:PCR0": "true" } }
      const KeyId = (yield* owner.createKey({ Policy: policy(none) })).KeyMetadata?.Arn ?? ""
      yield* caller.generateDataKey({ KeyId, KeySpec: "AES_256" })
      const refused = yield* Effect.flip(caller.generateDataKey({ KeyId, KeySpec: "AES_256", Recipient }))
      assert.strictEqual(refused._tag, "AccessDeniedException")
    }))
})

it.effect("audit events say which enclave asked, refused or not, and nothing of a document that was not believed", () =>
  Effect.gen(function*() {
    const { caller, events, owner } = yield* prepared
    const KeyId = (yield* owner.createKey({})).KeyMetadata?.Arn ?? ""
    const of = () => events.at(-1)?.additionalEventData?.recipient?.["attestationDocumentModuleId"]
    yield* owner.generateDataKey({ KeyId, KeySpec: "AES_256", Recipient })
    assert.strictEqual(of(), moduleId)
    yield* Effect.flip(caller.generateDataKey({ KeyId, KeySpec: "AES_256", Recipient }))
    assert.strictEqual(of(), moduleId)
    yield* Effect.flip(owner.generateDataKey({ KeyId, KeySpec: "AES_256", Recipient: Foreign }))
    assert.isUndefined(of())
    assert.strictEqual(events.at(-1)?.errorCode, "ValidationException")
  }))
