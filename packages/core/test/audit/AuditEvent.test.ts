import { assert, describe, it } from "@effect/vitest"
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { account, bytes, createKey, makeWorld, otherAccount, region, root, user } from "../support/World.ts"

const arnOf = (keyId: string) => `arn:aws:kms:${region}:${account}:key/${keyId}`

describe("an audit event", () => {
  it.effect("tells who did what on which key, when, and why it was allowed", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      yield* TestClock.setTime(1_700_000_000_123)
      const KeyId = yield* createKey(world.root)
      const caller = { principal: root, viaService: `s3.${region}.amazonaws.com` }
      yield* world.as(caller).encrypt({ KeyId, Plaintext: bytes("x"), EncryptionContext: { a: "b" } })
      const [, event] = world.events()
      assert.deepStrictEqual(event, {
        eventVersion: "1.11",
        eventTime: "2023-11-14T22:13:20.123Z",
        eventSource: "kms.amazonaws.com",
        eventName: "Encrypt",
        awsRegion: region,
        userIdentity: { arn: root, accountId: account, invokedBy: caller.viaService },
        requestID: event?.requestID ?? "",
        eventType: "AwsApiCall",
        readOnly: true,
        recipientAccountId: account,
        requestParameters: { keyId: KeyId, encryptionContext: { a: "b" } },
        resources: [{ accountId: account, type: "AWS::KMS::Key", ARN: arnOf(KeyId) }],
        additionalEventData: {
          authorization: {
            allowed: true,
            by: {
              _tag: "Statement",
              source: { policy: "KeyPolicy", statement: { index: 0, sid: "Enable IAM User Permissions" } }
            }
          }
        }
      })
      assert.match(event?.requestID ?? "", /^[0-9a-f-]{36}$/)
    }))

  it.effect("is made once for each call, whether it succeeds, is refused, or dies", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root)
      const eve = world.as(user("eve"))
      yield* Effect.flip(eve.encrypt({ KeyId, Plaintext: bytes("x") }))
      yield* Effect.flip(world.root.describeKey({ KeyId: "x" }))
      yield* Effect.flip(world.root.describeKey({ KeyId: "" }))
      const broken = yield* makeWorld({ wrap: (inner) => ({ ...inner, read: () => Effect.die("a secret place") }) })
      yield* Effect.exit(broken.root.describeKey({ KeyId }))
      const last = ({ errorCode, errorMessage, requestParameters, resources }: AuditEvent) => ({
        errorCode,
        errorMessage,
        requestParameters,
        resources: resources.length
      })
      assert.deepStrictEqual([...world.events(), ...broken.events()].slice(1).map(last), [
        {
          errorCode: "AccessDeniedException",
          errorMessage: `User: ${user("eve")} is not authorized to perform: kms:Encrypt on resource: ${arnOf(KeyId)}`,
          requestParameters: { keyId: KeyId },
          resources: 1
        },
        {
          errorCode: "NotFoundException",
          errorMessage: "Invalid keyId 'x'",
          requestParameters: { keyId: "x" },
          resources: 0
        },
        {
          errorCode: "ValidationException",
          errorMessage: "1 validation error detected: Value '' at 'keyId' failed to satisfy constraint: "
            + "Member must have length greater than or equal to 1",
          requestParameters: null,
          resources: 0
        },
        {
          errorCode: "KMSInternalException",
          errorMessage: "",
          requestParameters: { keyId: KeyId },
          resources: 0
        }
      ])
      assert.deepStrictEqual(world.events()[1]?.additionalEventData, {
        authorization: { allowed: false, because: { _tag: "NotInIdentityPolicy" } }
      })
    }))

  it.effect("names both keys of ReEncrypt, and leaves out bytes, grant tokens and what is undefined", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [from, to] = [yield* createKey(world.root), yield* createKey(world.root)]
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId: from, Plaintext: bytes("x") })
      yield* world.root.reEncrypt({
        CiphertextBlob,
        DestinationKeyId: to,
        GrantTokens: [],
        SourceKeyId: undefined,
        DryRun: false
      })
      const event = world.events().at(-1)
      assert.deepStrictEqual(event?.resources.map(({ ARN }) => ARN), [arnOf(from), arnOf(to)])
      assert.deepStrictEqual(event?.requestParameters, { destinationKeyId: to, dryRun: false })
      assert.isTrue(event?.readOnly)
      assert.notProperty(event, "errorCode")
      const recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256" as const, AttestationDocument: bytes("x") }
      yield* Effect.flip(world.root.decrypt({ CiphertextBlob, Recipient: recipient, GrantTokens: ["token"] }))
      assert.deepStrictEqual(world.events().at(-1)?.requestParameters, {})
    }))

  it.effect("carries the request's own id where there is one, and says which account and Region", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const caller = { principal: `arn:aws:sts::${otherAccount}:assumed-role/App/session` }
      const { registry } = yield* Effect.promise(() => import("@keystead/core/operations/Registry"))
      yield* Effect.flip(world.kms.execute(registry.ListKeys, {}, { caller, region: "us-east-1", requestId: "mine" }))
      const [event] = world.events()
      assert.strictEqual(event?.requestID, "mine")
      assert.strictEqual(event?.awsRegion, "us-east-1")
      assert.deepStrictEqual(event?.userIdentity, { arn: caller.principal, accountId: otherAccount })
      assert.strictEqual(event?.recipientAccountId, otherAccount)
    }))

  it.effect("says of every operation whether it only reads", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root)
      yield* world.root.disableKey({ KeyId })
      yield* world.root.describeKey({ KeyId })
      assert.deepStrictEqual(world.events().map(({ eventName, readOnly }) => [eventName, readOnly]), [
        ["CreateKey", false],
        ["DisableKey", false],
        ["DescribeKey", true]
      ])
    }))
})

describe("the sink in memory", () => {
  const event = (name: string): AuditEvent => ({
    eventVersion: "1.11",
    eventTime: "",
    eventSource: "kms.amazonaws.com",
    eventName: name,
    awsRegion: region,
    userIdentity: { arn: root, accountId: account },
    requestID: "",
    eventType: "AwsApiCall",
    readOnly: true,
    recipientAccountId: account,
    requestParameters: null,
    resources: []
  })

  it.effect("keeps the last events, oldest first", () =>
    Effect.gen(function*() {
      for (const capacity of [1, 2, 3, 7]) {
        const memory = AuditSink.memory(capacity)
        for (let index = 0; index < 8; index++) {
          yield* Effect.provide(AuditSink.AuditSink.use((sink) => sink.emit(event(String(index)))), memory.layer)
          const kept = memory.events().map(({ eventName }) => Number(eventName))
          const first = Math.max(0, index + 1 - capacity)
          assert.deepStrictEqual(kept, Array.from({ length: index + 1 - first }, (_, at) => first + at))
        }
      }
    }))
})
