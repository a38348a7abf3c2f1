/** What a call reads: no more where a key has ten thousand grants than where it has one. */
import { assert, describe, it } from "@effect/vitest"
import * as RecordSeal from "@keystead/core/crypto/RecordSeal"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { granteePrefix, type GrantRecord, recordId } from "@keystead/core/domain/GrantRecord"
import type { Change, Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { change, rootKey } from "../support/Tamper.ts"
import { account, region, root, user, type World } from "../support/World.ts"
import { bob, denied, outcome, withKey } from "./Support.ts"

/** A storage that counts what is read. */
const counting = () => {
  const count = { calls: 0, records: 0 }
  const wrap = (inner: Storage["Service"]): Storage["Service"] => ({
    ...inner,
    read: (ids) => Effect.tap(inner.read(ids), (found) => Effect.sync(() => note(found.size))),
    scan: (range) => Effect.tap(inner.scan(range), (found) => Effect.sync(() => note(found.length)))
  })
  const note = (records: number) => {
    count.calls++
    count.records += records
  }
  /** What the program reads. */
  const of = <A, E>(program: Effect.Effect<A, E>) =>
    Effect.gen(function*() {
      const before = { ...count }
      const value = yield* program
      return { value, calls: count.calls - before.calls, records: count.records - before.records }
    })
  return { of, wrap }
}

/** Puts grants to many into the store, as CreateGrant would, only faster. */
const addMany = Effect.fnUntraced(
  function*(world: World, keyId: string, number: number, grantee: (at: number) => string) {
    const key = yield* rootKey
    const changes = yield* Effect.forEach(
      Array.from({ length: number }, (_, at) => at),
      Effect.fnUntraced(function*(at) {
        const grantId = at.toString(16).padStart(64, "0")
        const grant: GrantRecord = {
          account,
          region,
          keyId,
          grantId,
          created: 0,
          issuer: account,
          grantee: grantee(at),
          operations: ["Decrypt"],
          constraints: {}
        }
        const id = recordId(grant, grantId)
        const value = yield* Effect.provideService(RecordSeal.seal(id, grant), RootKey, key)
        const entry = `${granteePrefix(grant, grant.grantee)}${grantId}`
        return [{ _tag: "Put", id, value }, { _tag: "Put", id: entry, value: {} }] satisfies ReadonlyArray<Change>
      })
    )
    yield* change(world, ...changes.flat())
  }
)

describe("a call that a grant allows", () => {
  it.effect("reads as much among ten thousand grants to others as if there were none", () =>
    Effect.gen(function*() {
      const { of, wrap } = counting()
      const world = yield* withKey({ wrap })
      const { KeyId, encrypt, grant } = world
      yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
      const [alone, stranger] = [yield* of(encrypt(bob)), yield* of(encrypt(user("nobody")))]
      yield* addMany(world, KeyId, 10_000, (at) => user(`user${at}`))
      assert.deepStrictEqual(yield* of(encrypt(bob)), alone)
      assert.deepStrictEqual(yield* of(encrypt(user("nobody"))), stranger)
      assert.deepStrictEqual([alone.value, stranger.value], ["ok", denied])
      // The key, the index, the grant, and both once more at one moment.
      assert.isAtMost(alone.calls, 4)
      assert.isAtMost(alone.records, 5)
    }))

  it.effect("finds its way among thousands of its own, page by page, and at once with the token", () =>
    Effect.gen(function*() {
      const { of, wrap } = counting()
      const world = yield* withKey({ wrap })
      const { KeyId, encrypt, grant } = world
      yield* addMany(world, KeyId, 1000, () => bob)
      const { GrantToken } = yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
      const through = yield* of(encrypt(bob))
      assert.strictEqual(through.value, "ok")
      assert.isAtMost(through.calls, 25)
      const shown = yield* of(encrypt(bob, { GrantTokens: [GrantToken] }))
      assert.strictEqual(shown.value, "ok")
      assert.isAtMost(shown.calls, 4)
    }))

  it.effect("reads nothing of grants where a policy allows it", () =>
    Effect.gen(function*() {
      const { of, wrap } = counting()
      const world = yield* withKey({ wrap })
      yield* world.grant({ GranteePrincipal: root, Operations: ["Encrypt"] })
      const byPolicy = yield* of(world.encrypt(root))
      assert.deepStrictEqual(byPolicy, { value: "ok", calls: 1, records: 1 })
    }))
})

/** Does something once, in the middle of another call: after a read of these records, or before a commit with such a step. */
const meanwhile = () => {
  let waiting:
    | { readonly reads?: string; readonly step?: Change["_tag"]; readonly act: Effect.Effect<unknown, unknown> }
    | undefined
  const act = (isIt: boolean) =>
    Effect.suspend(() => {
      if (!isIt || waiting === undefined) return Effect.void
      const { act } = waiting
      waiting = undefined
      return Effect.orDie(act)
    })
  const isRead = (ids: ReadonlyArray<string>) => ids.some((id) => id.startsWith(waiting?.reads ?? "nothing"))
  const wrap = (inner: Storage["Service"]): Storage["Service"] => ({
    read: (ids) => Effect.tap(inner.read(ids), () => act(isRead(ids))),
    scan: (range) => Effect.tap(inner.scan(range), () => act(isRead([range.prefix]))),
    commit: (changes) => Effect.andThen(act(changes.some(({ _tag }) => _tag === waiting?.step)), inner.commit(changes))
  })
  return { wrap, next: (what: typeof waiting) => (waiting = what) }
}

describe("a grant that ends while a call is under way", () => {
  it.effect("allows nothing any more, whichever of the call's reads came before", () =>
    Effect.gen(function*() {
      for (const ends of ["revokeGrant", "retireGrant"] as const) {
        for (const reads of ["grantee/", "grant/"]) {
          const { next, wrap } = meanwhile()
          const { arn, encrypt, grant, root } = yield* withKey({ wrap })
          const { GrantId } = yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
          assert.strictEqual(yield* encrypt(bob), "ok")
          next({ reads, act: root[ends]({ KeyId: arn, GrantId }) })
          assert.strictEqual(yield* patient(encrypt(bob)), denied, reads)
        }
      }
    }))

  it.effect("makes no child any more, nor does a key that is not what it was", () =>
    Effect.gen(function*() {
      const { next, wrap } = meanwhile()
      const { as, arn, grant, root } = yield* withKey({ wrap })
      const parent = yield* grant({ GranteePrincipal: bob, Operations: ["CreateGrant", "Encrypt"] })
      const child = outcome(as(bob).createGrant({ KeyId: arn, GranteePrincipal: bob, Operations: ["Encrypt"] }))
      next({ step: "Check", act: root.disableKey({ KeyId: arn }) })
      assert.strictEqual(yield* patient(child), "DisabledException")
      yield* root.enableKey({ KeyId: arn })
      next({ step: "Check", act: root.revokeGrant({ KeyId: arn, GrantId: parent.GrantId }) })
      assert.strictEqual(yield* patient(child), denied)
      assert.deepStrictEqual((yield* root.listGrants({ KeyId: arn })).Grants, [])
    }))
})

/** Runs a call that pauses before it tries again. */
const patient = <A, E>(call: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(call)
    yield* TestClock.adjust("10 seconds")
    return yield* Fiber.join(fiber)
  })
