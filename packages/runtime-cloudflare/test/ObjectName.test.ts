/** That no commit of the core is of two accounts, and that a record is found where it was put. */
import { assert, describe, it } from "@effect/vitest"
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { RootKey } from "@keystead/core/crypto/RootKey"
import * as Kms from "@keystead/core/Kms"
import { groups, registry } from "@keystead/core/operations/Registry"
import { Storage } from "@keystead/core/storage/Storage"
import { accountOf, nameOf } from "@keystead/runtime-cloudflare/object/ObjectName"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomBytes } from "node:crypto"

const [one, other] = ["111122223333", "444455556666"] as const
const root = (account: string) => `arn:aws:iam::${account}:root`

/** The ids of each commit. */
const commits: Array<ReadonlyArray<string>> = []

const recording = Layer.effect(
  Storage,
  Effect.map(Storage, (storage) =>
    Storage.of({
      ...storage,
      commit: (changes) => {
        commits.push(changes.map(({ id }) => id))
        return storage.commit(changes)
      }
    }))
).pipe(Layer.provide(MemoryStorage.layer))

const layer = Kms.layer({ groups, limits: { multiRegionSettling: 0 } }).pipe(
  Layer.provide(Layer.mergeAll(
    recording,
    AuditSink.layerOf(() => Effect.void),
    Layer.effect(RootKey, DerivedRootKey.make(new Uint8Array(32)))
  )),
  Layer.provide(Noble.layer((length) => new Uint8Array(randomBytes(length))))
)

const story = Effect.gen(function*() {
  const kms = yield* Kms.Kms
  const as = (account: string, region = "eu-west-1") => ({ caller: { principal: root(account) }, region })
  const keys: Array<string> = []
  for (const account of [one, other]) {
    const { KeyMetadata } = yield* kms.execute(registry.CreateKey, { MultiRegion: true }, as(account))
    const KeyId = KeyMetadata?.Arn ?? ""
    keys.push(KeyId)
    yield* kms.execute(registry.CreateAlias, { AliasName: "alias/x", TargetKeyId: KeyId }, as(account))
    yield* kms.execute(registry.EnableKeyRotation, { KeyId }, as(account))
    yield* kms.execute(registry.ReplicateKey, { KeyId, ReplicaRegion: "us-east-1" }, as(account))
    yield* kms.execute(registry.RotateKeyOnDemand, { KeyId }, as(account))
    yield* kms.execute(registry.Encrypt, { KeyId, Plaintext: new Uint8Array(1) }, as(account))
    yield* kms.execute(registry.CreateGrant, {
      KeyId,
      GranteePrincipal: root(account === one ? other : one),
      RetiringPrincipal: root(other),
      Operations: ["Encrypt", "Decrypt"],
      Name: "granted"
    }, as(account))
  }
  const [KeyId = ""] = keys
  yield* kms.execute(registry.Encrypt, { KeyId, Plaintext: new Uint8Array(1) }, as(other))
  // The last uses of both accounts' keys, at once.
  yield* kms.maintain
  const { Grants = [] } = yield* kms.execute(
    registry.ListRetirableGrants,
    { RetiringPrincipal: root(other) },
    as(other)
  )
  yield* Effect.forEach(
    Grants,
    ({ GrantId, KeyId }) =>
      kms.execute(registry.RetireGrant, {
        ...(KeyId === undefined ? {} : { KeyId }),
        ...(GrantId === undefined ? {} : { GrantId })
      }, as(other))
  )
  yield* kms.execute(registry.ScheduleKeyDeletion, { KeyId: KeyId.slice(KeyId.indexOf("/") + 1) }, as(one, "us-east-1"))
})

describe("which object a record is in", () => {
  it.effect("no commit of the core is of two accounts, and what is of none is known", () =>
    Effect.gen(function*() {
      yield* Effect.provide(story, layer)
      const accounts = commits.map((ids) => new Set(ids.map(accountOf).filter((account) => account !== undefined)))
      assert.isTrue(accounts.every(({ size }) => size <= 1))
      assert.deepStrictEqual(new Set(accounts.flatMap((ids) => [...ids])), new Set([one, other]))
      const homeless = new Set(commits.flat().filter((id) => accountOf(id) === undefined))
      assert.deepStrictEqual([...homeless], ["usage/since"])
      const kinds = new Set(commits.flat().map((id) => id.split("/")[0]))
      for (
        const kind of ["key", "alias", "count", "due", "grant", "grants", "grantee", "granted", "retiring", "usage"]
      ) {
        assert.isTrue(kinds.has(kind), kind)
      }
    }))

  it("a prefix names the account of all ids that begin with it, or none", () => {
    for (const id of commits.flat()) {
      for (let length = 0; length <= id.length; length++) {
        const account = accountOf(id.slice(0, length))
        assert.isTrue(account === undefined || account === accountOf(id), id)
      }
    }
    assert.strictEqual(nameOf(undefined), "directory")
    assert.notStrictEqual(nameOf(one), nameOf(other))
  })
})
