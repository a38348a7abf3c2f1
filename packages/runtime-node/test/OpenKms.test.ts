import { assert, describe, it } from "@effect/vitest"
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import { Recipients } from "@keystead/core/crypto/Recipients"
import { sealReply } from "@keystead/core/crypto/SealedReply"
import { DisabledException, NotFoundException, RecipientsError } from "@keystead/core/Errors"
import { operations } from "@keystead/core/operations/Registry"
import { openKms } from "@keystead/runtime-node/OpenKms"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { inspect } from "node:util"

const secret = new TextEncoder().encode("attack at dawn")

/** What a promise rejects with. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it should have been rejected"),
    (error: unknown) => error
  )

describe("openKms", () => {
  it("has a method for every operation, and carries out what the SDK's would", async () => {
    await using kms = await openKms()
    for (const { name } of operations) {
      assert.isFunction(Reflect.get(kms, name.charAt(0).toLowerCase() + name.slice(1)), name)
    }
    const { KeyMetadata } = await kms.createKey({ Description: "Payroll" })
    const KeyId = KeyMetadata?.KeyId ?? ""
    await kms.createAlias({ AliasName: "alias/payroll", TargetKeyId: KeyId })
    const { CiphertextBlob } = await kms.encrypt({ KeyId: "alias/payroll", Plaintext: secret })
    const opened = await kms.decrypt({ CiphertextBlob })
    assert.deepStrictEqual(opened.Plaintext, secret)
    assert.strictEqual(opened.KeyId, KeyMetadata?.Arn)
    assert.lengthOf((await kms.listKeys()).Keys ?? [], 1)
  })

  it("replies to recipients by the host's choice, and fails to open without it", async () => {
    const Recipient = { AttestationDocument: secret }
    const recipients = Layer.succeed(Recipients, () =>
      Effect.succeed({
        conditions: {},
        audit: { recipient: {} },
        seal: (reply) => sealReply(reply, () => Effect.succeed(Uint8Array.of(1)))
      }))
    await using kms = await openKms({ recipients })
    const { $metadata: _, ...reply } = await kms.generateRandom({ NumberOfBytes: 8, Recipient })
    assert.deepStrictEqual(reply, { CiphertextForRecipient: Uint8Array.of(1) })
    const none = Layer.effectDiscard(Effect.fail(new RecipientsError({ message: "no roots" })))
    assert.instanceOf(await rejection(openKms({ recipients: none })), RecipientsError)
  })

  it("gives each reply the id of its request, which is that of its audit event", async () => {
    const events: Array<AuditEvent> = []
    await using kms = await openKms({ audit: (event) => void events.push(event) })
    const { $metadata } = await kms.generateRandom({ NumberOfBytes: 8 })
    assert.strictEqual($metadata.httpStatusCode, 200)
    assert.deepStrictEqual(events.map(({ requestID }) => requestID), [$metadata.requestId])
  })

  it("explains to whoever holds it what decides about a caller's request, and calls nothing", async () => {
    const events: Array<AuditEvent> = []
    await using kms = await openKms({ audit: (event) => void events.push(event) })
    const { KeyMetadata } = await kms.createKey()
    const request = { KeyId: KeyMetadata?.KeyId ?? "", Plaintext: secret }
    assert.isTrue((await kms.explain("Encrypt", request)).allowed)
    const bob = kms.as("arn:aws:iam::111122223333:user/bob")
    const { allowed, permissions } = await bob.explain("Encrypt", request)
    assert.isFalse(allowed)
    assert.deepStrictEqual(permissions.map(({ action, verdict }) => [action, verdict]), [
      ["kms:Encrypt", { allowed: false, because: { _tag: "NotInIdentityPolicy" } }]
    ])
    assert.lengthOf(events, 1)
  })

  it("waits for an audit that answers a promise", async () => {
    let done = false
    await using kms = await openKms({
      audit: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        done = true
      }
    })
    await kms.listKeys()
    assert.isTrue(done)
  })

  it("rejects with the typed errors, named as AWS names them", async () => {
    await using kms = await openKms()
    const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
    await kms.disableKey({ KeyId })
    const disabled = await rejection(kms.encrypt({ KeyId, Plaintext: secret }))
    assert.instanceOf(disabled, DisabledException)
    assert.strictEqual(disabled.name, "DisabledException")
    assert.strictEqual(disabled.$fault, "client")
    const missing = await rejection(kms.describeKey({ KeyId: "alias/none" }))
    assert.instanceOf(missing, NotFoundException)
  })

  it("keeps callers apart", async () => {
    await using kms = await openKms({ account: "444455556666" })
    const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
    const eve = kms.as("arn:aws:iam::444455556666:user/eve")
    assert.propertyVal(await rejection(eve.describeKey({ KeyId })), "name", "AccessDeniedException")
    const text = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}}`
    const identityPolicies = [Result.getOrThrow(parseIdentityPolicy(text))]
    const allowed = kms.as({ principal: "arn:aws:iam::444455556666:user/eve", identityPolicies })
    assert.strictEqual((await allowed.describeKey({ KeyId })).KeyMetadata?.AWSAccountId, "444455556666")
    assert.propertyVal(await rejection(allowed.disableKey({ KeyId })), "name", "AccessDeniedException")
    const stranger = kms.as("arn:aws:iam::999988887777:root")
    assert.lengthOf((await stranger.listKeys()).Keys ?? [], 0)
  })

  it("shows no secret when it is looked at", async () => {
    const bytes = new Uint8Array(32).fill(0xab)
    await using kms = await openKms({ rootKey: { bytes } })
    const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
    await kms.encrypt({ KeyId, Plaintext: secret })
    const shown = inspect(kms, { depth: Infinity, showHidden: true }) + JSON.stringify(kms)
    for (const encoding of ["hex", "base64"] as const) {
      assert.notInclude(shown, Buffer.from(bytes).toString(encoding))
      assert.notInclude(shown, Buffer.from(secret).toString(encoding))
    }
    assert.notInclude(shown, "171, 171")
  })

  it("maintains, and closes as often as one likes", async () => {
    const kms = await openKms()
    assert.deepStrictEqual(await kms.maintain(), { rotated: 0, deleted: 0, expired: 0 })
    await kms.close()
    await kms.close()
  })
})
