import { assert, describe, it } from "@effect/vitest"
import type { Client } from "@keystead/core/Client"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { holds, patience } from "../support/Property.ts"
import { createKey, makeWorld, otherAccount, root as owner, type World } from "../support/World.ts"

interface Request {
  readonly Limit: number
  readonly Marker?: string
}

interface Page {
  readonly names: ReadonlyArray<string>
  readonly Truncated?: boolean | undefined
  readonly NextMarker?: string | undefined
}

type Listing<E> = (request: Request) => Effect.Effect<Page, E>

/** The listings, each as pages of names. */
const listings = ({ root }: World, KeyId: string) => ({
  keys: (request: Request) =>
    Effect.map(
      root.listKeys(request),
      ({ Keys = [], ...page }) => ({ ...page, names: Keys.map((one) => one.KeyId ?? "") })
    ),
  aliases: (request: Request) =>
    Effect.map(root.listAliases(request), ({ Aliases = [], ...page }) => ({
      ...page,
      names: Aliases.map((one) => one.AliasName ?? "")
    })),
  aliasesOf: (request: Request) =>
    Effect.map(root.listAliases({ ...request, KeyId }), ({ Aliases = [], ...page }) => ({
      ...page,
      names: Aliases.map((one) => one.AliasName ?? "")
    })),
  rotations: (request: Request) =>
    Effect.map(
      root.listKeyRotations({ ...request, KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" }),
      ({ Rotations = [], ...page }) => ({ ...page, names: Rotations.map((one) => one.KeyMaterialId ?? "") })
    ),
  tags: (request: Request) =>
    Effect.map(root.listResourceTags({ ...request, KeyId }), ({ Tags = [], ...page }) => ({
      ...page,
      names: Tags.map(({ TagKey }) => TagKey)
    })),
  policies: (request: Request) =>
    Effect.map(root.listKeyPolicies({ ...request, KeyId }), ({ PolicyNames = [], ...page }) => ({
      ...page,
      names: PolicyNames
    }))
})

/** All pages, one after another, with something done between them. */
const walk = Effect.fnUntraced(function*<E>(
  listing: Listing<E>,
  Limit: number,
  between: (page: number) => Effect.Effect<unknown, unknown> = () => Effect.void
) {
  const pages: Array<Page> = []
  for (let Marker: string | undefined, page = 0;; page++) {
    const answer = yield* listing({ Limit, ...(Marker === undefined ? {} : { Marker }) })
    assert.isAtMost(answer.names.length, Limit)
    assert.strictEqual(answer.NextMarker !== undefined, answer.Truncated)
    pages.push(answer)
    if (answer.NextMarker === undefined) return pages
    Marker = answer.NextMarker
    yield* between(page)
  }
})

const namesOf = (pages: ReadonlyArray<Page>) => pages.flatMap(({ names }) => names)

describe("pages", () => {
  it("are complete, in order and without repeats, full but for the last, for every Limit", () =>
    holds(
      fc.record({
        limit: fc.integer({ min: 1, max: 8 }),
        keys: fc.nat(7),
        aliases: fc.nat(7),
        rotations: fc.nat(7),
        tags: fc.nat(7)
      }),
      ({ limit, ...sizes }) =>
        Effect.gen(function*() {
          const world = yield* makeWorld()
          const KeyId = yield* createKey(world.root)
          const keys = [KeyId]
          for (let index = 0; index < sizes.keys; index++) keys.push(yield* createKey(world.root))
          const aliases = ["alias/Z", "alias/a", "alias/a-", "alias/a/", "alias/aB", "alias/_", "alias/0"]
            .slice(0, sizes.aliases)
          for (const AliasName of aliases) yield* world.root.createAlias({ AliasName, TargetKeyId: KeyId })
          for (let index = 0; index < sizes.rotations; index++) yield* world.root.rotateKeyOnDemand({ KeyId })
          const tags = ["", " ", "A", "é", "\uffff", "\u{10000}", "a"].slice(0, sizes.tags).map((text) => `k${text}`)
          yield* world.root.tagResource({ KeyId, Tags: tags.map((TagKey) => ({ TagKey, TagValue: "" })) })
          const expected = {
            keys: keys.toSorted(),
            aliases: aliases.toSorted(),
            aliasesOf: aliases.toSorted(),
            tags: tags.toSorted(),
            policies: ["default"]
          }
          const listed = listings(world, KeyId)
          for (const [name, names] of Object.entries(expected)) {
            const pages = yield* walk(listed[name as keyof typeof expected], limit)
            assert.deepStrictEqual(namesOf(pages), names, name)
            const full = Math.max(1, Math.ceil(names.length / limit))
            assert.strictEqual(pages.length, full, name)
          }
          const rotations = yield* walk(listed.rotations, limit)
          assert.strictEqual(new Set(namesOf(rotations)).size, sizes.rotations + 1)
          assert.strictEqual(rotations.length, Math.ceil((sizes.rotations + 1) / limit))
        }),
      { numRuns: 60 }
    ), patience)

  it("show each key and alias once that is there all the time, whatever comes and goes between them", () =>
    holds(
      fc.record({
        limit: fc.integer({ min: 1, max: 4 }),
        stay: fc.integer({ min: 1, max: 8 }),
        changes: fc.array(fc.constantFrom("create", "delete", "maintain", "nothing"), { maxLength: 12 })
      }),
      ({ changes, limit, stay }) =>
        Effect.gen(function*() {
          const world = yield* makeWorld()
          const stays: Array<string> = []
          const goes: Array<string> = []
          let aliases = 0
          const create = (keys: Array<string>) =>
            Effect.gen(function*() {
              const KeyId = yield* createKey(world.root)
              yield* world.root.createAlias({ AliasName: `alias/${KeyId}`, TargetKeyId: KeyId })
              aliases++
              keys.push(KeyId)
            })
          for (let index = 0; index < stay; index++) yield* create(stays)
          for (let index = 0; index < 6; index++) yield* create(goes)
          for (const KeyId of goes) yield* world.root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
          const between = (page: number) => {
            switch (changes[page]) {
              case "create":
                return create(goes)
              case "delete":
                return TestClock.adjust("7 days")
              case "maintain":
                return world.kms.maintain
              default:
                return Effect.void
            }
          }
          const listed = listings(world, stays[0] ?? "")
          const keys = namesOf(yield* walk(listed.keys, limit, between))
          assert.strictEqual(new Set(keys).size, keys.length)
          assert.includeMembers(keys, stays)
          const names = namesOf(yield* walk(listed.aliases, limit, between))
          assert.strictEqual(new Set(names).size, names.length)
          assert.includeMembers(names, stays.map((id) => `alias/${id}`))
          assert.isAtMost(names.length, aliases)
        }),
      { numRuns: 60 }
    ), patience)

  it.effect("hold as many as AWS's, where no Limit is given", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ limits: { aliasesPerKey: 200, tagsPerKey: 200, onDemandRotationsPerKey: 200 } })
      const KeyId = yield* createKey(world.root)
      for (let index = 0; index < 101; index++) {
        if (index > 0) yield* createKey(world.root)
        yield* world.root.createAlias({ AliasName: `alias/${index}`, TargetKeyId: KeyId })
        yield* world.root.rotateKeyOnDemand({ KeyId })
      }
      yield* world.root.tagResource({
        KeyId,
        Tags: Array.from({ length: 101 }, (_, index) => ({ TagKey: `t${index}`, TagValue: "" }))
      })
      const { root } = world
      const lengths = [
        (yield* root.listKeys()).Keys,
        (yield* root.listAliases()).Aliases,
        (yield* root.listAliases({ KeyId })).Aliases,
        (yield* root.listKeyRotations({ KeyId })).Rotations,
        (yield* root.listResourceTags({ KeyId })).Tags
      ].map((items) => items?.length)
      assert.deepStrictEqual(lengths, [100, 50, 50, 100, 50])
    }))

  it.effect("go on only from a marker that the same listing gave", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root)
      yield* createKey(world.root)
      for (const name of ["a", "b"]) {
        yield* world.root.createAlias({ AliasName: `alias/${name}`, TargetKeyId: KeyId })
        yield* world.root.rotateKeyOnDemand({ KeyId })
        yield* world.root.tagResource({ KeyId, Tags: [{ TagKey: name, TagValue: "" }] })
      }
      const all = listings(world, KeyId)
      const markers = new Map<string, string>([["garbage", "garbage"], ["a letter", "é"], ["nothing's", "Cg"]])
      for (const [name, listing] of Object.entries(all)) {
        if (name === "policies") continue
        markers.set(name, (yield* listing({ Limit: 1 })).NextMarker ?? "")
      }
      assert.strictEqual(markers.size, 8)
      for (const [name, listing] of Object.entries(all)) {
        for (const [giver, Marker] of markers) {
          if (giver === name) continue
          const error = yield* Effect.flip(listing({ Limit: 1, Marker }))
          assert.strictEqual(error._tag, "InvalidMarkerException", `${giver}'s for ${name}`)
          assert.include(error.message, "Start it anew, without a marker.")
        }
      }
    }))

  it.effect("go on from no marker of another key, account, Region or store", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const other = yield* makeWorld({ rootKey: new Uint8Array(32).fill(9) })
      const policy = JSON.stringify({ Statement: { Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" } })
      const fill = Effect.fnUntraced(function*(client: Client) {
        const KeyId = yield* createKey(client, { Policy: policy })
        yield* createKey(client)
        const Tags = ["a", "b"].map((TagKey) => ({ TagKey, TagValue: "" }))
        yield* client.tagResource({ KeyId, Tags })
        for (const name of ["a", "b"]) {
          yield* client.createAlias({ AliasName: `alias/${name}${KeyId}`, TargetKeyId: KeyId })
        }
        return { client, KeyId }
      })
      const places = [
        yield* fill(world.root),
        yield* fill(world.as(`arn:aws:iam::${otherAccount}:root`)),
        yield* fill(world.as(owner, "us-east-1")),
        yield* fill(other.root),
        yield* fill(world.root)
      ]
      const ask = [
        ({ client }: (typeof places)[number], Marker?: string) => client.listKeys({ Limit: 1, Marker }),
        ({ client }: (typeof places)[number], Marker?: string) => client.listAliases({ Limit: 1, Marker }),
        ({ client, KeyId }: (typeof places)[number], Marker?: string) =>
          client.listResourceTags({ KeyId, Limit: 1, Marker }),
        ({ client, KeyId }: (typeof places)[number], Marker?: string) => client.listAliases({ KeyId, Limit: 1, Marker })
      ]
      for (const [index, list] of ask.entries()) {
        // The account's own listings are the same for the first and the last.
        const distinct = index < 2 ? places.slice(0, -1) : places
        for (const giver of distinct) {
          const { NextMarker = "" } = yield* list(giver)
          assert.isAtMost(NextMarker.length, 1024)
          for (const taker of distinct) {
            const taken = yield* Effect.result(list(taker, NextMarker))
            assert.strictEqual(Result.isSuccess(taken), taker === giver, `${index}`)
            if (Result.isFailure(taken)) assert.strictEqual(taken.failure._tag, "InvalidMarkerException")
          }
        }
      }
    }))
})
