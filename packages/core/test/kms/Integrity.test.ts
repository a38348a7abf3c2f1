/** Whoever can write the store, and has no root key, can break records and take them away: never change what they say. */
import { assert, describe, it } from "@effect/vitest"
import type { Client } from "@keystead/core/Client"
import type { Json, Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { holds, patience } from "../support/Property.ts"
import { change, contentOf, ids, put, records, reseal, valueOf } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, otherAccount, region, root, user, type World } from "../support/World.ts"

const policyFor = (name: string) =>
  JSON.stringify({
    Statement: [
      { Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" },
      { Effect: "Allow", Principal: { AWS: user(name) }, Action: "kms:Decrypt", Resource: "*" }
    ]
  })

/** A store with something of everything: two accounts, aliases, rotations, a deletion under way. */
const populated = Effect.gen(function*() {
  const world = yield* makeWorld()
  const other = world.as(`arn:aws:iam::${otherAccount}:root`)
  const keys: Array<string> = []
  for (const name of ["ada", "bob", "eve"]) keys.push(yield* createKey(world.root, { Policy: policyFor(name) }))
  const [first = "", second = "", third = ""] = keys
  const theirs = yield* createKey(other)
  yield* other.createAlias({ AliasName: "alias/a", TargetKeyId: theirs })
  yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: first })
  yield* world.root.createAlias({ AliasName: "alias/b", TargetKeyId: second })
  yield* world.root.tagResource({ KeyId: first, Tags: [{ TagKey: "a", TagValue: "b" }] })
  yield* world.root.rotateKeyOnDemand({ KeyId: first })
  yield* world.root.enableKeyRotation({ KeyId: first, RotationPeriodInDays: 100 })
  yield* world.root.enableKeyRotation({ KeyId: second })
  yield* world.root.scheduleKeyDeletion({ KeyId: third })
  const { CiphertextBlob = bytes("") } = yield* world.root.encrypt({ KeyId: first, Plaintext: bytes("x") })
  return { world, first, second, third, blob: CiphertextBlob }
})

type Populated = Effect.Success<typeof populated>

/** Every way to look at the store, by what is said of it. */
const looks = ({ blob, first, second, third }: Populated, client: Client) => ({
  describe: Effect.forEach([first, second, third, "alias/a", "alias/b"], (KeyId) => client.describeKey({ KeyId })),
  policies: Effect.forEach([first, second, third], (KeyId) => client.getKeyPolicy({ KeyId })),
  rotations: Effect.forEach([first, second], (KeyId) => client.listKeyRotations({ KeyId })),
  status: Effect.forEach([first, second, third], (KeyId) => client.getKeyRotationStatus({ KeyId })),
  tags: client.listResourceTags({ KeyId: first }),
  aliasesOf: client.listAliases({ KeyId: first }),
  keys: client.listKeys(),
  aliases: client.listAliases(),
  decrypt: client.decrypt({ CiphertextBlob: blob }),
  encrypt: Effect.map(client.encrypt({ KeyId: "alias/a", Plaintext: bytes("x") }), ({ KeyId }) => KeyId),
  pending: client.encrypt({ KeyId: third, Plaintext: bytes("x") })
})

/** What each look answers, or the name of its error. A defect fails the test. */
const answers = Effect.fnUntraced(function*(made: Populated, world: World) {
  const answers: Record<string, unknown> = {}
  for (const [name, look] of Object.entries(looks(made, world.root))) {
    const answered: Effect.Effect<unknown, { readonly _tag: string }> = look
    answers[name] = yield* Effect.catch(answered, ({ _tag }) => Effect.succeed(_tag))
  }
  return answers
})

/** Every place in a JSON value where a leaf is. */
const leaves = (value: Json, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([name, member]) => leaves(member, [...path, name]))
    : [path]

const edited = (value: Json, [name, ...path]: ReadonlyArray<string>, edit: (leaf: Json) => Json): Json => {
  if (name === undefined) return edit(value)
  const member = (key: string, child: Json) => key === name ? edited(child, path, edit) : child
  return Array.isArray(value)
    ? value.map((child, index) => member(String(index), child))
    : Object.fromEntries(Object.entries(Object(value)).map(([key, child]) => [key, member(key, child as Json)]))
}

/** Changes a leaf a little. */
const bend = (leaf: Json, number: number): Json => {
  if (typeof leaf === "number") return leaf + 1 + number
  if (typeof leaf !== "string" || leaf === "") return number
  const place = number % leaf.length
  return `${leaf.slice(0, place)}${leaf[place] === "a" ? "b" : "a"}${leaf.slice(place + 1)}`
}

/** Compares what a Keystead answers now with what it answered before: the same, or a refusal to use the record. */
const unharmed = (before: Record<string, unknown>, after: Record<string, unknown>) => {
  for (const [name, answer] of Object.entries(after)) {
    if (answer !== "IntegrityError") assert.deepStrictEqual(answer, before[name], name)
  }
}

/** The same store, opened anew: nothing is remembered of the records. */
const reopened = (made: Populated) => makeWorld({ store: made.world.store, seed: "reopened" })

describe("a stored record", () => {
  it(
    "that was edited anywhere is not used, by a Keystead that knew it nor by another",
    () =>
      holds(fc.tuple(fc.nat(), fc.nat(), fc.nat()), ([record, leaf, number]) =>
        Effect.gen(function*() {
          const made = yield* populated
          const before = yield* answers(made, made.world)
          const all = yield* records(made.world)
          const { id, value } = all[record % all.length] ?? { id: "", value: null }
          const paths = leaves(value)
          const path = paths[leaf % paths.length] ?? []
          yield* put(made.world, id, edited(value, path, (leaf) => bend(leaf, number)))
          unharmed(before, yield* answers(made, made.world))
          const after = yield* answers(made, yield* reopened(made))
          unharmed(before, after)
          // The ids of keys are told all the same, and what else is asked of this one is refused.
          assert.deepStrictEqual(after["keys"], before["keys"])
          if (id.startsWith("key/111")) assert.strictEqual(after["describe"], "IntegrityError", path.join("."))
          if (id.startsWith("alias/111")) assert.strictEqual(after["aliases"], "IntegrityError", path.join("."))
        }), { numRuns: 150 }),
    patience
  )

  it(
    "that was put in another's place is not used",
    () =>
      holds(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), ([from, to, both]) =>
        Effect.gen(function*() {
          const made = yield* populated
          const before = yield* answers(made, made.world)
          const all = yield* records(made.world)
          const source = all[from % all.length]
          const target = all[to % all.length]
          if (source === undefined || target === undefined || source === target) return
          yield* put(made.world, target.id, source.value)
          if (both) yield* put(made.world, source.id, target.value)
          unharmed(before, yield* answers(made, made.world))
          const after = yield* answers(made, yield* reopened(made))
          unharmed(before, after)
          assert.deepStrictEqual(after["keys"], before["keys"])
          if (target.id.startsWith("key/111")) assert.strictEqual(after["describe"], "IntegrityError")
          if (target.id.startsWith("alias/111")) assert.strictEqual(after["aliases"], "IntegrityError")
        })),
    patience
  )

  it.effect("that is copied to a new id is not used: no key, alias or count comes of it", () =>
    Effect.gen(function*() {
      const made = yield* populated
      const keyId = "00000000-0000-4000-8000-000000000000"
      const value = (yield* valueOf(made.world, `key/${account}/${region}/${made.first}`)) ?? null
      const id = `key/${account}/${region}/${keyId}`
      yield* put(made.world, id, value)
      const error = yield* Effect.flip(made.world.root.describeKey({ KeyId: keyId }))
      assert(error._tag === "IntegrityError")
      assert.strictEqual(error.place, id)
      assert.include(error.message, `The stored record "${id}"`)
      const alias = (yield* valueOf(made.world, `alias/${account}/${region}/alias/a`)) ?? null
      yield* put(made.world, `alias/${account}/${region}/alias/c`, alias)
      assert.strictEqual((yield* Effect.flip(made.world.root.describeKey({ KeyId: "alias/c" })))._tag, "IntegrityError")
      const count = (yield* valueOf(made.world, `count/${account}/${region}`)) ?? null
      yield* put(made.world, `count/${account}/us-east-1`, count)
      const created = yield* Effect.flip(made.world.as(root, "us-east-1").createKey())
      assert.strictEqual(created._tag, "IntegrityError")
    }))

  it.effect("that keeps its version and code while its content changes is not used as changed", () =>
    Effect.gen(function*() {
      const lie = { told: false }
      const wrap = (inner: Storage["Service"]): Storage["Service"] => ({
        ...inner,
        read: (ids) =>
          Effect.map(
            inner.read(ids),
            (found) =>
              lie.told
                ? new Map([...found].map(([id, record]) => [id, { ...record, value: forged(record.value) }]))
                : found
          )
      })
      const forged = (value: Json): Json => {
        const { content, mac } = Object(value)
        return { content: { ...content, description: "forged" }, mac }
      }
      const world = yield* makeWorld({ wrap })
      const KeyId = yield* createKey(world.root, { Description: "true" })
      const description = Effect.map(world.root.describeKey({ KeyId }), ({ KeyMetadata }) => KeyMetadata?.Description)
      assert.strictEqual(yield* description, "true")
      lie.told = true
      assert.strictEqual(yield* description, "true")
      const another = yield* makeWorld({ store: world.store, wrap })
      assert.strictEqual((yield* Effect.flip(another.root.describeKey({ KeyId })))._tag, "IntegrityError")
    }))

  it.effect("of any other form than a sealed one is not used", () =>
    Effect.gen(function*() {
      const made = yield* populated
      const id = `key/${account}/${region}/${made.first}`
      const sealed = (yield* valueOf(made.world, id)) ?? null
      const { content, mac } = Object(sealed)
      const forms: ReadonlyArray<Json> = [
        null,
        0,
        "",
        [],
        {},
        content,
        { content },
        { mac },
        { content, mac: null },
        { content, mac: "" },
        { content, mac: "?" },
        { content, mac: `${mac}AAAA` },
        { content, mac: String(mac).slice(0, -4) },
        [content, mac]
      ]
      for (const form of forms) {
        yield* put(made.world, id, form)
        const error = yield* Effect.flip(made.world.root.describeKey({ KeyId: made.first }))
        assert.strictEqual(error._tag, "IntegrityError", JSON.stringify(form))
      }
      yield* put(made.world, id, sealed)
      yield* made.world.root.describeKey({ KeyId: made.first })
    }))

  it.effect("with a code and members that no key has is not used either", () =>
    Effect.gen(function*() {
      const made = yield* populated
      const id = `key/${account}/${region}/${made.first}`
      const content = Object(yield* contentOf(made.world, id))
      const { policy: _, ...withoutPolicy } = content
      const forms: ReadonlyArray<Json> = [
        withoutPolicy,
        { ...content, more: 1 },
        { ...content, state: "Open" },
        { ...content, created: 1.5 },
        { ...content, policy: "{}" },
        []
      ]
      for (const form of forms) {
        yield* reseal(made.world, id, form)
        const error = yield* Effect.flip(made.world.root.describeKey({ KeyId: made.first }))
        assert.strictEqual(error._tag, "IntegrityError", JSON.stringify(form))
      }
    }))
})

describe("a listing", () => {
  it.effect("of keys goes past a record that must not be used, and one of aliases names it", () =>
    Effect.gen(function*() {
      const made = yield* populated
      const sorted = [made.first, made.second, made.third].toSorted()
      for (const keyId of sorted) {
        const id = `key/${account}/${region}/${keyId}`
        const value = (yield* valueOf(made.world, id)) ?? null
        yield* put(made.world, id, {})
        const listed: Array<string | undefined> = []
        for (let Marker: string | undefined, more = true; more;) {
          const page = yield* made.world.root.listKeys({ Limit: 1, Marker })
          listed.push(...page.Keys?.map((key) => key.KeyId) ?? [])
          more = page.Truncated === true
          Marker = page.NextMarker
        }
        assert.deepStrictEqual(listed, sorted)
        yield* put(made.world, id, value)
      }
      const alias = `alias/${account}/${region}/alias/b`
      yield* put(made.world, alias, {})
      const first = yield* made.world.root.listAliases({ Limit: 1 })
      assert.deepStrictEqual(first.Aliases?.map(({ AliasName }) => AliasName), ["alias/a"])
      const error = yield* Effect.flip(made.world.root.listAliases())
      assert(error._tag === "IntegrityError")
      assert.strictEqual(error.place, alias)
    }))
})

describe("wrapped key material", () => {
  const materialsOf = (content: Json): ReadonlyArray<{ readonly id: string; readonly wrapped: string }> =>
    Object(content).materials

  it.effect("does not open for another key, in another's place, or changed, even under a good code", () =>
    Effect.gen(function*() {
      const made = yield* populated
      const id = (keyId: string) => `key/${account}/${region}/${keyId}`
      const content = Object(yield* contentOf(made.world, id(made.first)))
      const [old, current] = materialsOf(content)
      const [foreign] = materialsOf(yield* contentOf(made.world, id(made.second)))
      assert(old !== undefined && current !== undefined && foreign !== undefined)
      const wrongs = [
        [old, { ...current, wrapped: foreign.wrapped }],
        [old, foreign],
        [old, { ...current, wrapped: old.wrapped }],
        [old, { ...current, wrapped: bend(current.wrapped, 20) }],
        [old, { ...current, wrapped: current.wrapped.slice(0, 12) }],
        [old, { ...current, wrapped: "" }],
        [old, { ...current, wrapped: "not base64!" }]
      ]
      for (const materials of wrongs) {
        yield* reseal(made.world, id(made.first), { ...content, materials: materials.map((one) => ({ ...one })) })
        const { root } = yield* reopened(made)
        const error = yield* Effect.flip(root.encrypt({ KeyId: made.first, Plaintext: bytes("x") }))
        assert(error._tag === "IntegrityError", error._tag)
        assert.strictEqual(error.place, id(made.first))
        yield* root.describeKey({ KeyId: made.first })
      }
      yield* reseal(made.world, id(made.first), content)
      const { root } = yield* reopened(made)
      assert.deepStrictEqual((yield* root.decrypt({ CiphertextBlob: made.blob })).Plaintext, bytes("x"))
    }))
})

describe("what the codes cannot show", () => {
  it.effect("an alias put back as it once was is noticed by its key, which does not know it any more", () =>
    Effect.gen(function*() {
      const made = yield* populated
      const id = `alias/${account}/${region}/alias/a`
      const old = (yield* valueOf(made.world, id)) ?? null
      yield* made.world.root.updateAlias({ AliasName: "alias/a", TargetKeyId: made.second })
      yield* put(made.world, id, old)
      const error = yield* Effect.flip(made.world.root.encrypt({ KeyId: "alias/a", Plaintext: bytes("x") }))
      assert(error._tag === "IntegrityError")
      assert.strictEqual(error.place, id)
      yield* made.world.root.encrypt({ KeyId: made.second, Plaintext: bytes("x") })
    }))

  it.effect("without its index, everything that falls due still does when it is looked at", () =>
    Effect.gen(function*() {
      const made = yield* populated
      const due = yield* ids(made.world, "due/")
      assert.strictEqual(due.length, 3)
      yield* change(made.world, ...due.map((id) => ({ _tag: "Remove", id }) as const))
      yield* TestClock.adjust("100 days")
      assert.deepStrictEqual(yield* made.world.kms.maintain, { rotated: 0, deleted: 0, expired: 0 })
      const { Rotations } = yield* made.world.root.listKeyRotations({ KeyId: made.first })
      assert.deepStrictEqual(Rotations?.map(({ RotationType }) => RotationType), ["ON_DEMAND", "AUTOMATIC"])
      const gone = yield* Effect.flip(made.world.root.describeKey({ KeyId: made.third }))
      assert.strictEqual(gone._tag, "NotFoundException")
    }))

  it.effect("another root key opens nothing", () =>
    Effect.gen(function*() {
      const made = yield* populated
      const stranger = yield* makeWorld({ store: made.world.store, rootKey: new Uint8Array(32).fill(8) })
      for (const [name, answer] of Object.entries(yield* answers(made, stranger))) {
        if (name !== "keys") assert.strictEqual(answer, "IntegrityError", name)
      }
    }))
})
