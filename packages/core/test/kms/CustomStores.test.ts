/** Custom key stores: their states, what is unique, and the keys in them. */
import { assert, describe, it } from "@effect/vitest"
import type { Client } from "@keystead/core/Client"
import type { KeyStoreFailureReason } from "@keystead/core/custom-stores/KeyStoreProvider"
import type { ConnectionErrorCode } from "@keystead/core/custom-stores/StoreRecord"
import { symmetric } from "@keystead/core/groups/Symmetric"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { TestClock } from "effect/testing"
import { call, failure, failureOf } from "../support/Failure.ts"
import { prepare } from "../support/Inputs.ts"
import { type KeyManager, makeKeyManager, storeInput } from "../support/KeyManager.ts"
import { refusalOf } from "../support/StateTable.ts"
import { contentOf, ids, records, reseal, valueOf } from "../support/Tamper.ts"
import { account, bytes, makeWorld, otherAccount, region, user } from "../support/World.ts"

const day = 24 * 60 * 60 * 1000

const makeStored = Effect.fnUntraced(function*(manager: KeyManager = makeKeyManager()) {
  const world = yield* makeWorld({ keyStores: manager.provider })
  const { CustomKeyStoreId = "" } = yield* world.root.createCustomKeyStore(storeInput)
  yield* world.root.connectCustomKeyStore({ CustomKeyStoreId })
  return { ...world, manager, CustomKeyStoreId }
})

const external = (CustomKeyStoreId: string, XksKeyId = "key-1") =>
  ({ Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId, XksKeyId }) as const

const createExternal = Effect.fnUntraced(function*(client: Client, CustomKeyStoreId: string, XksKeyId = "key-1") {
  const { KeyMetadata } = yield* client.createKey(external(CustomKeyStoreId, XksKeyId))
  return { KeyId: KeyMetadata?.KeyId ?? "", arn: KeyMetadata?.Arn ?? "" }
})

const stateOf = (client: Client, KeyId: string) =>
  Effect.map(client.describeKey({ KeyId }), ({ KeyMetadata }) => KeyMetadata?.KeyState)

const tagOf = <A>(call: Effect.Effect<A, { readonly _tag: string }>) =>
  Effect.map(Effect.flip(call), ({ _tag }) => _tag)

describe("CreateCustomKeyStore", () => {
  it.effect("refuses what it cannot be, and what needs hardware or a network of AWS's", () =>
    Effect.gen(function*() {
      const manager = makeKeyManager()
      const { root } = yield* makeWorld({ keyStores: manager.provider })
      const cases: ReadonlyArray<readonly [object, string]> = [
        [{ CustomKeyStoreType: undefined }, "UnsupportedOperationException"],
        [{ CustomKeyStoreType: "AWS_CLOUDHSM" }, "UnsupportedOperationException"],
        [{ XksProxyConnectivity: "VPC_ENDPOINT_SERVICE" }, "UnsupportedOperationException"],
        [
          { XksProxyVpcEndpointServiceName: "com.amazonaws.vpce.eu-west-1.vpce-svc-1" },
          "UnsupportedOperationException"
        ],
        [{ XksProxyConnectivity: undefined }, "ValidationException"],
        [{ XksProxyUriEndpoint: undefined }, "ValidationException"],
        [{ XksProxyUriPath: undefined }, "ValidationException"],
        [{ XksProxyAuthenticationCredential: undefined }, "ValidationException"],
        [{ KeyStorePassword: "password" }, "ValidationException"],
        [{ XksProxyUriEndpoint: "http://xks.example.org" }, "ValidationException"],
        [{ XksProxyUriEndpoint: "https://xks.example.org:8443" }, "ValidationException"],
        [{ XksProxyUriEndpoint: "https://xks.example.org/" }, "ValidationException"],
        [{ XksProxyUriEndpoint: "https://localhost:1@xks.example.org" }, "ValidationException"],
        [{ XksProxyUriPath: "/kms/xks/v1/" }, "ValidationException"],
        [{ XksProxyUriPath: "/../kms/xks/v1" }, "ValidationException"]
      ]
      for (const [members, expected] of cases) {
        const refused = yield* failureOf(root, "CreateCustomKeyStore", { ...storeInput, ...members })
        assert.isTrue(refused.startsWith(`${expected}: `), `${JSON.stringify(members)} ${refused}`)
      }
      assert.strictEqual(manager.asked, 0)
      for (const XksProxyUriEndpoint of ["http://localhost:8080", "https://127.0.0.1:8443", "http://[::1]:80"]) {
        const { CustomKeyStoreId } = yield* root.createCustomKeyStore({ ...storeInput, XksProxyUriEndpoint })
        yield* root.deleteCustomKeyStore({ CustomKeyStoreId: CustomKeyStoreId ?? "" })
      }
    }))

  it.effect("makes names and addresses unique, case of the host aside, and no more stores than the quota", () =>
    Effect.gen(function*() {
      const manager = makeKeyManager()
      const { as, root } = yield* makeWorld({ keyStores: manager.provider, limits: { customKeyStores: 2 } })
      const { CustomKeyStoreId = "" } = yield* root.createCustomKeyStore(storeInput)
      const other = { ...storeInput, CustomKeyStoreName: "other", XksProxyUriPath: "/other/kms/xks/v1" }
      assert.strictEqual(
        yield* tagOf(root.createCustomKeyStore({ ...other, CustomKeyStoreName: "store" })),
        "CustomKeyStoreNameInUseException"
      )
      const sameAddress = {
        ...other,
        XksProxyUriPath: storeInput.XksProxyUriPath,
        XksProxyUriEndpoint: "https://XKS.example.org"
      }
      assert.strictEqual(yield* tagOf(root.createCustomKeyStore(sameAddress)), "XksProxyUriInUseException")
      yield* root.createCustomKeyStore(other)
      const third = { ...storeInput, CustomKeyStoreName: "third", XksProxyUriPath: "/third/kms/xks/v1" }
      assert.strictEqual(yield* tagOf(root.createCustomKeyStore(third)), "LimitExceededException")
      for (
        const [change, expected] of [
          [{ NewCustomKeyStoreName: "other" }, "CustomKeyStoreNameInUseException"],
          [{ XksProxyUriPath: other.XksProxyUriPath }, "XksProxyUriInUseException"],
          [{ KeyStorePassword: "password" }, "UnsupportedOperationException"],
          [{ XksProxyConnectivity: "VPC_ENDPOINT_SERVICE" }, "UnsupportedOperationException"]
        ] as const
      ) {
        assert.strictEqual(yield* tagOf(root.updateCustomKeyStore({ CustomKeyStoreId, ...change })), expected)
      }
      // Another Region and another account are worlds of their own.
      const elsewhere = as(`arn:aws:iam::${otherAccount}:root`)
      assert.deepStrictEqual((yield* elsewhere.describeCustomKeyStores()).CustomKeyStores, [])
      assert.deepStrictEqual(
        (yield* as(`arn:aws:iam::${account}:root`, "eu-west-2").describeCustomKeyStores()).CustomKeyStores,
        []
      )
      assert.strictEqual(
        yield* tagOf(elsewhere.connectCustomKeyStore({ CustomKeyStoreId })),
        "CustomKeyStoreNotFoundException"
      )
    }))

  it.live("lets one of many come first", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ keyStores: makeKeyManager().provider })
      const exits = yield* Effect.all(
        Array.from({ length: 5 }, () => Effect.exit(world.root.createCustomKeyStore(storeInput))),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
      assert.strictEqual((yield* world.root.describeCustomKeyStores()).CustomKeyStores?.length, 1)
      assert.strictEqual(yield* contentOf(world, `stores/${account}/${region}`), 1)
    }))

  it.effect("tells what is wrong with the proxy, and keeps nothing", () =>
    Effect.gen(function*() {
      const manager = makeKeyManager()
      const world = yield* makeWorld({ keyStores: manager.provider })
      const reasons: Partial<Record<KeyStoreFailureReason, readonly [string, ConnectionErrorCode]>> = {
        Unreachable: ["XksProxyUriUnreachableException", "XKS_PROXY_NOT_REACHABLE"],
        Unavailable: ["XksProxyUriUnreachableException", "XKS_PROXY_NOT_REACHABLE"],
        Insecure: ["XksProxyUriUnreachableException", "XKS_PROXY_INVALID_TLS_CONFIGURATION"],
        TimedOut: ["XksProxyUriUnreachableException", "XKS_PROXY_TIMED_OUT"],
        AuthenticationFailed: ["XksProxyIncorrectAuthenticationCredentialException", "INVALID_CREDENTIALS"],
        InvalidPath: ["XksProxyInvalidConfigurationException", "XKS_PROXY_INVALID_CONFIGURATION"],
        AccessDenied: ["XksProxyInvalidConfigurationException", "XKS_PROXY_ACCESS_DENIED"],
        InvalidResponse: ["XksProxyInvalidResponseException", "XKS_PROXY_INVALID_RESPONSE"]
      }
      for (const [reason, [tag]] of Object.entries(reasons)) {
        manager.failing = reason as KeyStoreFailureReason
        assert.strictEqual(yield* tagOf(world.root.createCustomKeyStore(storeInput)), tag, reason)
      }
      assert.deepStrictEqual(yield* records(world), [])
      manager.failing = undefined
      const { CustomKeyStoreId = "" } = yield* world.root.createCustomKeyStore(storeInput)
      for (const [reason, [, code]] of Object.entries(reasons)) {
        manager.failing = reason as KeyStoreFailureReason
        yield* world.root.connectCustomKeyStore({ CustomKeyStoreId })
        const { CustomKeyStores } = yield* world.root.describeCustomKeyStores({ CustomKeyStoreId })
        assert.deepInclude(CustomKeyStores?.[0], { ConnectionState: "FAILED", ConnectionErrorCode: code }, reason)
        yield* world.root.disconnectCustomKeyStore({ CustomKeyStoreId })
      }
    }))

  it.effect("is for those who may, and nobody else learns which there are", () =>
    Effect.gen(function*() {
      const { as, CustomKeyStoreId } = yield* makeStored()
      const nobody = as(user("nobody"))
      for (const id of [CustomKeyStoreId, "cks-00000000000000000", "x"]) {
        for (const call of [nobody.connectCustomKeyStore, nobody.deleteCustomKeyStore, nobody.updateCustomKeyStore]) {
          assert.strictEqual(yield* tagOf(call({ CustomKeyStoreId: id })), "AccessDeniedException")
        }
        assert.strictEqual(yield* tagOf(nobody.createKey(external(id))), "AccessDeniedException")
      }
      assert.strictEqual(yield* tagOf(nobody.createCustomKeyStore(storeInput)), "AccessDeniedException")
    }))

  it.effect("needs somebody who reaches the key manager, and CreateKey the group", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      assert.match(
        yield* failure(root.createCustomKeyStore(storeInput)),
        /^UnsupportedOperationException: .*KeyStoreProvider/
      )
      const without = yield* makeWorld({ groups: [symmetric] })
      assert.strictEqual(
        yield* failure(without.root.createKey(external("cks-00000000000000000"))),
        "UnsupportedOperationException: Custom key stores are not supported."
      )
    }))
})

describe("DescribeCustomKeyStores", () => {
  it.effect("gives pages, one by its name or id, and not both", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld({ keyStores: makeKeyManager().provider })
      for (const name of ["a", "b", "c"]) {
        const XksProxyUriPath = `/${name}/kms/xks/v1`
        yield* root.createCustomKeyStore({ ...storeInput, CustomKeyStoreName: name, XksProxyUriPath })
      }
      const first = yield* root.describeCustomKeyStores({ Limit: 2 })
      const second = yield* root.describeCustomKeyStores({ Limit: 2, Marker: first.NextMarker })
      assert.isTrue(first.Truncated)
      assert.isFalse(second.Truncated)
      const all = [...first.CustomKeyStores ?? [], ...second.CustomKeyStores ?? []]
      assert.sameMembers(all.map(({ CustomKeyStoreName }) => CustomKeyStoreName), ["a", "b", "c"])
      assert.strictEqual(new Set(all.map(({ CustomKeyStoreId }) => CustomKeyStoreId)).size, 3)
      assert.strictEqual(yield* tagOf(root.describeCustomKeyStores({ Marker: "x" })), "InvalidMarkerException")
      const both = { CustomKeyStoreId: "a", CustomKeyStoreName: "a" }
      assert.strictEqual(yield* tagOf(root.describeCustomKeyStores(both)), "ValidationException")
      assert.strictEqual(
        yield* tagOf(root.describeCustomKeyStores({ CustomKeyStoreName: "d" })),
        "CustomKeyStoreNotFoundException"
      )
    }))
})

describe("a key in a custom key store", () => {
  it.effect("needs all that tells of its place, and is symmetric", () =>
    Effect.gen(function*() {
      const { CustomKeyStoreId, manager, root } = yield* makeStored()
      const asked = manager.asked
      const place = external(CustomKeyStoreId)
      const cases: ReadonlyArray<readonly [object, string]> = [
        [{ ...place, XksKeyId: undefined }, "ValidationException"],
        [{ ...place, CustomKeyStoreId: undefined }, "ValidationException"],
        [{ ...place, Origin: undefined }, "ValidationException"],
        [{ ...place, Origin: "AWS_KMS" }, "ValidationException"],
        [{ ...place, XksKeyId: "a/b" }, "ValidationException"],
        [{ ...place, Origin: "AWS_CLOUDHSM" }, "UnsupportedOperationException"],
        [{ ...place, MultiRegion: true }, "UnsupportedOperationException"],
        [{ ...place, KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }, "UnsupportedOperationException"],
        [{ ...place, CustomKeyStoreId: "cks-00000000000000000" }, "CustomKeyStoreNotFoundException"]
      ]
      for (const [input, expected] of cases) {
        const refused = yield* failureOf(root, "CreateKey", input)
        assert.isTrue(refused.startsWith(`${expected}: `), `${JSON.stringify(input)} ${refused}`)
      }
      assert.strictEqual(manager.asked, asked)
      assert.deepStrictEqual((yield* root.listKeys()).Keys, [])
    }))

  it.effect("is unavailable while the store is disconnected, by the table of states", () =>
    Effect.gen(function*() {
      const { arn, CustomKeyStoreId, KeyId, root } = yield* Effect.gen(function*() {
        const world = yield* makeStored()
        return { ...world, ...yield* createExternal(world.root, world.CustomKeyStoreId) }
      })
      const { input } = yield* prepare(root, "Encrypt")
      yield* root.disconnectCustomKeyStore({ CustomKeyStoreId })
      assert.strictEqual(yield* stateOf(root, KeyId), "Unavailable")
      // What a symmetric key of one Region can be asked for at all.
      const operations = [
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "EnableKeyRotation",
        "DisableKeyRotation",
        "RotateKeyOnDemand",
        "GetKeyRotationStatus",
        "ListKeyRotations",
        "CancelKeyDeletion",
        "TagResource",
        "UpdateKeyDescription",
        "GetKeyPolicy"
      ] as const
      for (const operation of operations) {
        const members = { ...input, KeyId, TargetKeyId: KeyId }
        const refused = refusalOf(operation, "Unavailable", arn)
        if (refused === undefined) yield* call(root, operation, members)
        else assert.strictEqual(yield* failureOf(root, operation, members), refused, operation)
      }
    }))

  it.effect("takes what is done to it meanwhile, and shows it when it is back", () =>
    Effect.gen(function*() {
      const world = yield* makeStored()
      const { CustomKeyStoreId, root } = world
      const { KeyId } = yield* createExternal(root, CustomKeyStoreId)
      const record = `key/${account}/${region}/${KeyId}`
      const states: Array<unknown> = []
      const stored = Effect.map(contentOf(world, record), (content) => Reflect.get(Object(content), "state"))
      const look = Effect.gen(function*() {
        states.push([yield* stateOf(root, KeyId), yield* stored])
      })
      yield* root.disconnectCustomKeyStore({ CustomKeyStoreId })
      yield* root.disableKey({ KeyId })
      yield* look
      yield* root.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] })
      yield* look
      yield* root.connectCustomKeyStore({ CustomKeyStoreId })
      yield* look
      yield* root.disconnectCustomKeyStore({ CustomKeyStoreId })
      yield* root.enableKey({ KeyId })
      yield* look
      yield* root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      yield* look
      yield* root.cancelKeyDeletion({ KeyId })
      yield* look
      yield* root.connectCustomKeyStore({ CustomKeyStoreId })
      yield* look
      assert.deepStrictEqual(states, [
        ["Unavailable", "Disabled"],
        ["Unavailable", "Disabled"],
        ["Disabled", "Disabled"],
        ["Unavailable", "Enabled"],
        ["PendingDeletion", "PendingDeletion"],
        ["Unavailable", "Disabled"],
        ["Disabled", "Disabled"]
      ])
    }))

  it.effect("is never rotated", () =>
    Effect.gen(function*() {
      const { CustomKeyStoreId, root } = yield* makeStored()
      const { arn, KeyId } = yield* createExternal(root, CustomKeyStoreId)
      const message = `UnsupportedOperationException: ${arn} origin is EXTERNAL_KEY_STORE which is not valid for this `
        + "operation."
      for (
        const operation of [
          "EnableKeyRotation",
          "DisableKeyRotation",
          "GetKeyRotationStatus",
          "RotateKeyOnDemand",
          "ListKeyRotations"
        ] as const
      ) {
        assert.strictEqual(yield* failureOf(root, operation, { KeyId }), message, operation)
      }
    }))

  it.effect("is unavailable without its store, without its group, and where nobody reaches the key manager", () =>
    Effect.gen(function*() {
      const world = yield* makeStored()
      const { CustomKeyStoreId, root, store } = world
      const { KeyId } = yield* createExternal(root, CustomKeyStoreId)
      const { CiphertextBlob } = yield* root.encrypt({ KeyId, Plaintext: bytes("x") })
      const without = yield* makeWorld({ groups: [symmetric], store })
      assert.strictEqual(yield* stateOf(without.root, KeyId), "Unavailable")
      assert.match(yield* failure(without.root.decrypt({ CiphertextBlob })), /is unavailable\.$/)
      const unreached = yield* makeWorld({ store })
      assert.match(yield* failure(unreached.root.decrypt({ CiphertextBlob })), /^KMSInvalidStateException: .*Provider/)
    }))

  it.effect("gives its external key free when it is gone, and then lets the store be deleted", () =>
    Effect.gen(function*() {
      const world = yield* makeStored()
      const { CustomKeyStoreId, root } = world
      const { KeyId } = yield* createExternal(root, CustomKeyStoreId)
      assert.strictEqual(yield* tagOf(createExternal(root, CustomKeyStoreId)), "XksKeyAlreadyInUseException")
      yield* root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      assert.strictEqual(yield* tagOf(createExternal(root, CustomKeyStoreId)), "XksKeyAlreadyInUseException")
      yield* TestClock.adjust(7 * day)
      // Gone, and still stored.
      const second = yield* createExternal(root, CustomKeyStoreId)
      assert.strictEqual((yield* ids(world, "external/")).length, 2)
      yield* world.kms.maintain
      assert.deepStrictEqual(yield* ids(world, "external/"), [
        `external/${account}/${region}/${CustomKeyStoreId}/key-1/${second.KeyId}`
      ])
      yield* root.scheduleKeyDeletion({ KeyId: second.KeyId, PendingWindowInDays: 7 })
      yield* root.disconnectCustomKeyStore({ CustomKeyStoreId })
      assert.strictEqual(
        yield* tagOf(root.deleteCustomKeyStore({ CustomKeyStoreId })),
        "CustomKeyStoreHasCMKsException"
      )
      yield* TestClock.adjust(7 * day)
      yield* root.deleteCustomKeyStore({ CustomKeyStoreId })
      yield* world.kms.maintain
      assert.deepStrictEqual(yield* ids(world, "external/"), [])
      assert.deepStrictEqual(yield* ids(world, "store/"), [])
    }))

  it.live("is not made in a store that is disconnected, or deleted, while the key manager is asked", () =>
    Effect.gen(function*() {
      const world = yield* makeStored()
      const { CustomKeyStoreId, manager, root } = world
      const disconnect = Effect.orDie(root.disconnectCustomKeyStore({ CustomKeyStoreId }))
      manager.meanwhile = disconnect
      const create = tagOf(createExternal(root, CustomKeyStoreId))
      assert.strictEqual(yield* create, "CustomKeyStoreInvalidStateException")
      yield* root.connectCustomKeyStore({ CustomKeyStoreId })
      manager.meanwhile = Effect.andThen(disconnect, Effect.orDie(root.deleteCustomKeyStore({ CustomKeyStoreId })))
      assert.strictEqual(yield* create, "CustomKeyStoreNotFoundException")
      assert.deepStrictEqual((yield* root.listKeys()).Keys, [])
      assert.deepStrictEqual(yield* ids(world, "external/"), [])
    }))

  it.live("is made in one request of many for its external key", () =>
    Effect.gen(function*() {
      const { CustomKeyStoreId, root } = yield* makeStored()
      const exits = yield* Effect.all(
        Array.from({ length: 5 }, () => Effect.exit(createExternal(root, CustomKeyStoreId))),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
      assert.strictEqual((yield* root.listKeys()).Keys?.length, 1)
    }))
})

describe("what the key manager answers", () => {
  it.effect("is refused where it is not what it should be, and what it makes of a ciphertext is authenticated again", () =>
    Effect.gen(function*() {
      const { CustomKeyStoreId, manager, root } = yield* makeStored()
      const { KeyId } = yield* createExternal(root, CustomKeyStoreId)
      const EncryptionContext = { a: "b" }
      const { CiphertextBlob } = yield* root.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionContext })
      const encrypt = tagOf(root.encrypt({ KeyId, Plaintext: bytes("x") }))
      // The key manager refuses another context by itself: what it answers is not only looked at inside.
      assert.strictEqual(
        yield* tagOf(root.decrypt({ CiphertextBlob, EncryptionContext: { a: "c" } })),
        "KMSInvalidStateException"
      )
      const parts = ["ciphertext", "iv", "tag"] as const
      for (const part of parts) {
        manager.edit = (wrapped) => ({ ...wrapped, [part]: wrapped[part].subarray(1) })
        assert.strictEqual(yield* encrypt, "KMSInvalidStateException", part)
      }
      manager.edit = (wrapped) => ({ ...wrapped, metadata: new Uint8Array(21) })
      assert.strictEqual(yield* encrypt, "KMSInvalidStateException")
      manager.editPlaintext = (plaintext) => plaintext.subarray(1)
      assert.strictEqual(yield* tagOf(root.decrypt({ CiphertextBlob, EncryptionContext })), "KMSInvalidStateException")
      manager.editPlaintext = (plaintext) => plaintext.map((byte) => byte ^ 1)
      assert.strictEqual(
        yield* tagOf(root.decrypt({ CiphertextBlob, EncryptionContext })),
        "InvalidCiphertextException"
      )
    }))

  it.effect("is asked with the credential, which is wrapped for its own store and no other", () =>
    Effect.gen(function*() {
      const world = yield* makeStored()
      const { CustomKeyStoreId, manager, root } = world
      const { KeyId } = yield* createExternal(root, CustomKeyStoreId)
      yield* root.encrypt({ KeyId, Plaintext: bytes("x") })
      const secret = storeInput.XksProxyAuthenticationCredential.RawSecretAccessKey
      assert.deepStrictEqual([...manager.secrets], [secret])
      const other = { ...storeInput, CustomKeyStoreName: "other", XksProxyUriPath: "/other/kms/xks/v1" }
      const { CustomKeyStoreId: otherId = "" } = yield* root.createCustomKeyStore(other)
      const [mine, theirs] = [CustomKeyStoreId, otherId].map((id) => `store/${account}/${region}/${id}`)
      const stolen = Object(yield* contentOf(world, mine ?? ""))
      const record = Object(yield* contentOf(world, theirs ?? ""))
      assert.notInclude(JSON.stringify(yield* valueOf(world, mine ?? "")), secret)
      yield* reseal(world, theirs ?? "", { ...record, wrappedSecret: stolen.wrappedSecret })
      assert.strictEqual(
        yield* tagOf(root.connectCustomKeyStore({ CustomKeyStoreId: otherId })),
        "IntegrityError"
      )
    }))
})
