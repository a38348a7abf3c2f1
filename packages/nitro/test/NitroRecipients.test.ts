/** The service: what it believes, for how long, from whom, and what it tells. */
import { assert, describe, it } from "@effect/vitest"
import { RecipientsError } from "@keystead/core/Errors"
import * as NitroRecipients from "@keystead/nitro/NitroRecipients"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { attest, key, members, path, refusalOf, rootOf, sentence } from "./support/Attesting.ts"
import { image, makeKey, membersOf, moduleId, open, pcrs, publicKeyOf, signDocument } from "./support/Enclave.ts"
import { certify, constraints, makePath, now, usage } from "./support/Pki.ts"

const document = signDocument(path, members)

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex")
const base64 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("base64")

describe("an attestation", () => {
  it.effect("answers the condition keys of every register, and of the image", () =>
    Effect.gen(function*() {
      const { conditions } = yield* attest(document)
      const registers = Array.from(pcrs, ([index, pcr]) => [`kms:RecipientAttestation:PCR${index}`, hex(pcr)])
      assert.deepStrictEqual(conditions, {
        ...Object.fromEntries(registers),
        "kms:RecipientAttestation:ImageSha384": image
      })
      const other = yield* attest(signDocument(path, { ...members, pcrs: new Map([[3, pcrs.get(3)]]) }))
      assert.deepStrictEqual(other.conditions, { "kms:RecipientAttestation:PCR3": hex(pcrs.get(3)) })
    }))

  it.effect("tells audit events what CloudTrail tells", () =>
    Effect.gen(function*() {
      const { audit } = yield* attest(document)
      assert.deepStrictEqual(audit, {
        recipient: {
          attestationDocumentModuleId: moduleId,
          attestationDocumentEnclaveImageDigest: base64(pcrs.get(0)),
          attestationDocumentEnclavePCR1: base64(pcrs.get(1)),
          attestationDocumentEnclavePCR2: base64(pcrs.get(2)),
          attestationDocumentEnclavePCR3: base64(pcrs.get(3)),
          attestationDocumentEnclavePCR4: base64(pcrs.get(4)),
          attestationDocumentEnclavePCR8: base64(pcrs.get(8))
        }
      })
    }))

  it.effect("holds for five minutes, before and after", () =>
    Effect.gen(function*() {
      const age = NitroRecipients.longestAge
      assert.strictEqual(age, 300_000)
      for (const at of [now - age, now, now + age]) yield* attest(document, { at })
      const late = sentence("is older than five minutes: ask for a new one")
      assert.strictEqual(yield* refusalOf(document, { at: now + age + 1 }), late)
      assert.strictEqual(yield* refusalOf(document, { at: now - age - 1 }), sentence("is of a time to come"))
    }))

  it("is not believed with any byte changed", async () => {
    const path = makePath(2)
    const members = { ...membersOf(path, publicKeyOf(key)), pcrs: new Map([[0, pcrs.get(0)]]) }
    const document = signDocument(path, members)
    const attesting = await Effect.runPromise(NitroRecipients.make({ roots: [rootOf(path)] }))
    const refused = async (changed: Uint8Array): Promise<void> => {
      const recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256" as const, AttestationDocument: changed }
      const error = await Effect.runPromise(Effect.flip(attesting(recipient, now)))
      assert.strictEqual(error._tag, "ValidationException")
    }
    for (const [at] of document.entries()) {
      const changed = document.slice()
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      await refused(changed)
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(document.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = document.slice()
        changed[at] = (changed[at] ?? 0) ^ flip
        await refused(changed)
      })
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(document.length - 1), (length) => refused(document.slice(0, length)))
    )
    await refused(Uint8Array.of(...document, 0))
  })

  it.effect.each(
    [
      [{}, "keyEncryptionAlgorithm"],
      [{ AttestationDocument: document }, "keyEncryptionAlgorithm"],
      [{ KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256" as const }, "attestationDocument"]
    ] as const
  )("needs both members of a Recipient, not %j", ([recipient, member]) =>
    Effect.gen(function*() {
      const attesting = yield* NitroRecipients.make({ roots: [rootOf(path)] })
      const { message } = yield* Effect.flip(attesting(recipient, now))
      assert.strictEqual(
        message,
        `1 validation error detected: Value null at 'recipient.${member}' failed to satisfy constraint: `
          + "Member must not be null"
      )
    }))
})

describe("the enclave's key", () => {
  const withKey = (public_key: Uint8Array) => signDocument(path, { ...members, public_key })

  it.effect("may have 2,048 to 4,096 bits", () =>
    Effect.gen(function*() {
      for (const bits of [2048, 3072]) yield* attest(withKey(publicKeyOf(makeKey(bits))))
      assert.strictEqual(
        yield* refusalOf(withKey(publicKeyOf(makeKey(1024)))),
        sentence("has a public_key of fewer than 2048 bits")
      )
    }))

  it.effect("has an exponent that hides", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* refusalOf(withKey(publicKeyOf(makeKey(2048, 3)))),
        sentence("has a public_key whose exponent is not odd and above 65,536")
      )
    }))

  it.effect("is RSA's, in DER", () =>
    Effect.gen(function*() {
      const ofRsa = publicKeyOf(key)
      const other = publicKeyOf(path.signer.privateKey)
      const notRsa = sentence("has a public_key that is no RSA key in SubjectPublicKeyInfo")
      const notDer = sentence("has a public_key that is not as it must be in DER")
      assert.strictEqual(yield* refusalOf(withKey(other)), notRsa)
      assert.strictEqual(yield* refusalOf(withKey(Uint8Array.of(0x30, 0))), notRsa)
      assert.strictEqual(yield* refusalOf(withKey(Uint8Array.of(...ofRsa, 0))), notDer)
      assert.strictEqual(yield* refusalOf(withKey(ofRsa.subarray(1))), notDer)
    }))

  it.effect("alone opens the reply, which holds nothing in clear, and each time is another", () =>
    Effect.gen(function*() {
      const { seal } = yield* attest(document)
      const secret = new TextEncoder().encode("attack at dawn, from both sides at once")
      const replies: Array<Uint8Array> = []
      for (const _ of [1, 2]) {
        const reply = yield* seal({ Plaintext: secret.slice(), KeyId: "key" })
        assert.sameMembers(Object.keys(Object(reply)), ["KeyId", "CiphertextForRecipient"])
        replies.push(Reflect.get(Object(reply), "CiphertextForRecipient"))
      }
      const [one, other] = replies
      assert.deepStrictEqual(open(key, one), secret)
      assert.deepStrictEqual(open(key, other), secret)
      assert.throws(() => open(makeKey(), one))
      assert.notInclude(hex(one), hex(secret.subarray(0, 8)))
      // From the encrypted key on, nothing is the same but the frame.
      assert.notStrictEqual(hex(one).slice(-120, -40), hex(other).slice(-120, -40))
    }))
})

describe("the roots", () => {
  const toPem = (der: Uint8Array): string =>
    `-----BEGIN CERTIFICATE-----\n${base64(der).replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`
  const encoded = (text: string): Uint8Array => new TextEncoder().encode(text)
  const recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256" as const, AttestationDocument: document }
  const other = rootOf(makePath(1))

  it.effect.each(
    [
      ["DER", [rootOf(path)]],
      ["PEM", [encoded(toPem(rootOf(path)))]],
      ["PEM with Windows' line ends", [encoded(toPem(rootOf(path)).replaceAll("\n", "\r\n"))]],
      ["the second of two", [other, rootOf(path)]],
      ["the second in one PEM, with words between", [encoded(`${toPem(other)}# ours:\n${toPem(rootOf(path))}`)]]
    ] as const
  )("may be %s", ([, roots]) =>
    Effect.gen(function*() {
      const attesting = yield* NitroRecipients.make({ roots })
      yield* attesting(recipient, now)
    }))

  it.effect.each(
    [
      ["an end entity", path.signer.der],
      ["an authority on another curve", certify("root", { curve: "P-256" }).der],
      ["an authority that may not sign", certify("root", { extensions: [constraints(true), usage("crl")] }).der],
      ["no certificate", new Uint8Array(100)],
      ["no PEM", encoded("-----BEGIN CERTIFICATE-----\n####\n-----END CERTIFICATE-----\n")],
      ["PEM of nothing", encoded("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")],
      ["empty", new Uint8Array()],
      ["cut short", rootOf(path).slice(0, -1)]
    ] as const
  )("must not be %s", ([, bad]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(NitroRecipients.make({ roots: [rootOf(path), bad] }))
      assert.instanceOf(error, RecipientsError)
      assert.match(error.message, /^Root 2 of 2 is not the certificate of a certification authority/)
    }))

  it.effect("must be there", () =>
    Effect.gen(function*() {
      const { message } = yield* Effect.flip(NitroRecipients.make({ roots: [] }))
      assert.strictEqual(message, "No attestation could be believed: give at least one root certificate.")
    }))
})
