/** Imports against a small model of their own, written from kms-semantics 2.4 and 2.7: random calls, random waits. */
import { assert, describe, it } from "@effect/vitest"
import type { Client } from "@keystead/core/Client"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { createHmac } from "node:crypto"
import { wrap } from "../support/Importing.ts"
import { examples, patience, run } from "../support/Property.ts"
import { bytes, type World } from "../support/World.ts"
import { externalKey, importWorld, materialsOf } from "./Support.ts"

const hour = 3_600_000
const day = 24 * hour

/** Four materials that importers have, and the ids that docs/formats.md gives them. */
const secrets = [1, 2, 3, 4].map((byte) => new Uint8Array(32).fill(byte))
const idOf = (secret: Uint8Array) =>
  createHmac("sha256", secret).update("\0\0\0\u0001Keystead key material id 1\0").digest("hex")

interface Material {
  readonly secret: number
  there: boolean
  validTo: number | undefined
}

interface Model {
  now: number
  state: "PendingImport" | "Enabled" | "Disabled" | "PendingDeletion"
  readonly materials: Array<Material>
  pending: Material | undefined
  /** When the key goes, unless its deletion is called off. */
  deletion: number
  /** When each token was made. */
  readonly tokens: Array<number>
  /** The place of the material that each blob was made with. */
  readonly blobs: Array<number>
}

interface Real {
  readonly world: World
  readonly KeyId: string
  readonly tokens: Array<{ readonly ImportToken: Uint8Array; readonly PublicKey: Uint8Array }>
  readonly blobs: Array<Uint8Array>
  readonly promise: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
}

type Command = fc.AsyncCommand<Model, Real>

const lacks = (model: Model) => model.materials.length === 0 || model.materials.some(({ there }) => !there)

/** What is missing makes the key wait, and what is complete goes on. */
const settle = (model: Model) => {
  if (lacks(model) && model.state !== "PendingDeletion") model.state = "PendingImport"
}

const pass = (model: Model, now: number) => {
  model.now = now
  const gone = ({ validTo = Infinity }: Material) => validTo <= now
  for (const material of model.materials.filter(gone)) Object.assign(material, { there: false, validTo: undefined })
  if (model.pending !== undefined && gone(model.pending)) model.pending = undefined
  settle(model)
}

const outcomeOf = (call: Effect.Effect<unknown, { readonly _tag: string }>) =>
  Effect.match(call, { onFailure: ({ _tag }) => _tag, onSuccess: () => "ok" })

const stateRefusal = (model: Model): string | undefined =>
  model.state === "Disabled" ? "DisabledException" : model.state === "Enabled" ? undefined : "KMSInvalidStateException"

const compare = Effect.fnUntraced(function*({ KeyId, world }: Real, model: Model) {
  const { KeyMetadata } = yield* world.root.describeKey({ KeyId })
  assert.strictEqual(KeyMetadata?.KeyState, model.state)
  const last = model.materials.at(-1)
  assert.strictEqual(KeyMetadata?.CurrentKeyMaterialId, last && idOf(secrets[last.secret] ?? new Uint8Array()))
  const first = Math.min(...model.materials.map(({ validTo = Infinity }) => validTo))
  assert.strictEqual(KeyMetadata?.ValidTo?.getTime() ?? Infinity, first)
  const told = (material: Material, state: string) => ({
    id: idOf(secrets[material.secret] ?? new Uint8Array()),
    state,
    imported: material.there ? "IMPORTED" : "PENDING_IMPORT",
    validTo: material.validTo
  })
  const expected = [
    ...model.materials.map((material) => told(material, material === last ? "CURRENT" : "NON_CURRENT")),
    ...(model.pending === undefined ? [] : [told(model.pending, "PENDING_ROTATION")])
  ]
  assert.deepStrictEqual<unknown>(yield* materialsOf(world.root, KeyId), expected)
})

/** A command that is one call: how it must end, with what it does to the model. */
const calling = (
  name: string,
  predict: (model: Model) => string,
  call: (client: Client, real: Real, model: Model) => Effect.Effect<unknown, { readonly _tag: string }>
): Command => ({
  check: () => true,
  toString: () => name,
  run: (model, real) =>
    real.promise(Effect.gen(function*() {
      const made = Effect.suspend(() => call(real.world.root, real, model))
      assert.strictEqual(yield* outcomeOf(made), predict(model), name)
      yield* compare(real, model)
    }))
})

const getParameters = calling(
  "get parameters",
  (model) => {
    if (model.state === "PendingDeletion") return "KMSInvalidStateException"
    model.tokens.push(model.now)
    return "ok"
  },
  (client, { KeyId, tokens }) =>
    Effect.map(
      client.getParametersForImport({ KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" }),
      ({ ImportToken = new Uint8Array(), PublicKey = new Uint8Array() }) => tokens.push({ ImportToken, PublicKey })
    )
)

type ImportType = "NEW_KEY_MATERIAL" | "EXISTING_KEY_MATERIAL" | undefined

const predictImport = (model: Model, token: number, secret: number, type: ImportType, validity: number | undefined) => {
  if (model.state === "PendingDeletion") return "KMSInvalidStateException"
  const made = model.tokens[token % Math.max(model.tokens.length, 1)]
  if (made === undefined) return "InvalidImportTokenException"
  if (made + day <= model.now) return "ExpiredImportTokenException"
  const known = [...model.materials, ...(model.pending ? [model.pending] : [])].find((one) => one.secret === secret)
  const isNew = type === undefined ? model.materials.length === 0 : type === "NEW_KEY_MATERIAL"
  if (isNew !== (known === undefined)) return "IncorrectKeyMaterialException"
  if (isNew && model.pending !== undefined) return "KMSInvalidStateException"
  const said = { there: true, validTo: validity === undefined ? undefined : model.now + validity }
  if (known !== undefined) Object.assign(known, said)
  else if (model.materials.length === 0) model.materials.push({ secret, ...said })
  else model.pending = { secret, ...said }
  if (model.state === "PendingImport" && !lacks(model)) model.state = "Enabled"
  return "ok"
}

const importing = (token: number, secret: number, ImportType: ImportType, validity: number | undefined) =>
  calling(
    `import ${secret} ${ImportType} for ${validity} with token ${token}`,
    (model) => predictImport(model, token, secret, ImportType, validity),
    (client, { KeyId, tokens }, { now }) => {
      const noToken = { ImportToken: bytes("none"), PublicKey: undefined }
      const { ImportToken, PublicKey } = tokens[token % Math.max(tokens.length, 1)] ?? noToken
      const material = secrets[secret] ?? new Uint8Array()
      return client.importKeyMaterial({
        KeyId,
        ImportToken,
        EncryptedKeyMaterial: PublicKey === undefined ? material : wrap("RSAES_OAEP_SHA_256", PublicKey, material),
        ...(validity === undefined
          ? { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }
          : { ValidTo: new Date(now + validity) }),
        ...(ImportType === undefined ? {} : { ImportType })
      })
    }
  )

const deleting = (secret: number | undefined) =>
  calling(
    `delete ${secret}`,
    (model) => {
      if (secret !== undefined && model.pending?.secret === secret) {
        model.pending = undefined
        return "ok"
      }
      const found = secret === undefined ? model.materials.at(-1) : model.materials.find((one) => one.secret === secret)
      if (found === undefined) return secret === undefined ? "ok" : "NotFoundException"
      Object.assign(found, { there: false, validTo: undefined })
      settle(model)
      return "ok"
    },
    (client, { KeyId }) =>
      client.deleteImportedKeyMaterial({
        KeyId,
        ...(secret === undefined ? {} : { KeyMaterialId: idOf(secrets[secret] ?? new Uint8Array()) })
      })
  )

const rotate = calling(
  "rotate",
  (model) => {
    const refused = stateRefusal(model)
    if (refused !== undefined || model.pending === undefined) return refused ?? "KMSInvalidStateException"
    model.materials.push(model.pending)
    model.pending = undefined
    return "ok"
  },
  (client, { KeyId }) => client.rotateKeyOnDemand({ KeyId })
)

const encrypt = calling(
  "encrypt",
  (model) => {
    const refused = stateRefusal(model)
    if (refused === undefined) model.blobs.push(model.materials.length - 1)
    return refused ?? "ok"
  },
  (client, { KeyId, blobs }) =>
    Effect.map(
      client.encrypt({ KeyId, Plaintext: bytes("secret") }),
      ({ CiphertextBlob = new Uint8Array() }) => blobs.push(CiphertextBlob)
    )
)

const decrypt = (which: number): Command => {
  const at = (model: Model) => which % Math.max(model.blobs.length, 1)
  return {
    ...calling(
      `decrypt ${which}`,
      (model) => stateRefusal(model) ?? "ok",
      (client, { KeyId, blobs }, model) =>
        Effect.map(client.decrypt({ KeyId, CiphertextBlob: blobs[at(model)] }), (opened) => {
          assert.deepStrictEqual(opened.Plaintext, bytes("secret"))
          const material = model.materials[model.blobs[at(model)] ?? 0]
          assert.strictEqual(opened.KeyMaterialId, idOf(secrets[material?.secret ?? 0] ?? new Uint8Array()))
        })
    ),
    check: (model) => model.blobs.length > 0
  }
}

const move = (
  name: string,
  predict: (model: Model) => string | undefined,
  call: (client: Client, KeyId: string) => Effect.Effect<unknown, { readonly _tag: string }>
) => calling(name, (model) => predict(model) ?? "ok", (client, { KeyId }) => call(client, KeyId))

const invalidState = "KMSInvalidStateException"

const turn = (to: "Enabled" | "Disabled") => (model: Model) => {
  if (model.state !== "Enabled" && model.state !== "Disabled") return invalidState
  model.state = to
  return undefined
}

const moves = [
  move("enable", turn("Enabled"), (client, KeyId) => client.enableKey({ KeyId })),
  move("disable", turn("Disabled"), (client, KeyId) => client.disableKey({ KeyId })),
  move("schedule deletion", (model) => {
    if (model.state === "PendingDeletion") return invalidState
    model.state = "PendingDeletion"
    model.deletion = model.now + 30 * day
    return undefined
  }, (client, KeyId) => client.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 30 })),
  move("cancel deletion", (model) => {
    if (model.state !== "PendingDeletion") return invalidState
    model.state = lacks(model) ? "PendingImport" : "Disabled"
    return undefined
  }, (client, KeyId) => client.cancelKeyDeletion({ KeyId }))
]

/** Time passes, and never so much that a deletion comes to its end. */
const wait = (time: number, maintain: boolean): Command => ({
  check: (model) => model.state !== "PendingDeletion" || model.now + time < model.deletion,
  toString: () => `wait ${time}${maintain ? " and maintain" : ""}`,
  run: (model, real) =>
    real.promise(Effect.gen(function*() {
      yield* TestClock.adjust(time)
      pass(model, model.now + time)
      if (maintain) yield* real.world.kms.maintain
      yield* compare(real, model)
    }))
})

const validity = fc.constantFrom(undefined, undefined, 1, hour, day, day + 1, 300 * day)
const imports = fc.record({
  token: fc.nat(3),
  secret: fc.nat(3),
  type: fc.constantFrom(undefined, "NEW_KEY_MATERIAL" as const, "EXISTING_KEY_MATERIAL" as const),
  validity
}).map(({ secret, token, type, validity }) => importing(token, secret, type, validity))

const commands = fc.commands([
  fc.constant(getParameters),
  imports,
  imports,
  imports,
  fc.option(fc.nat(3), { nil: undefined }).map(deleting),
  fc.constant(rotate),
  fc.constant(encrypt),
  fc.nat(20).map(decrypt),
  fc.constantFrom(...moves),
  fc.record({ time: fc.constantFrom(1, hour - 1, hour, day - 1, day, 2 * day), maintain: fc.boolean() })
    .map(({ maintain, time }) => wait(time, maintain))
], { maxCommands: 60, size: "max" })

describe("imported material", () => {
  it(
    "does what the model says, in any order of calls and waits",
    () =>
      fc.assert(
        fc.asyncProperty(commands, (commands) =>
          run(Effect.gen(function*() {
            const world = yield* importWorld()
            const KeyId = yield* externalKey(world.root)
            const promise = Effect.runPromiseWith(yield* Effect.context())
            const model: Model = {
              now: 0,
              state: "PendingImport",
              materials: [],
              pending: undefined,
              deletion: 0,
              tokens: [],
              blobs: []
            }
            const real: Real = { world, KeyId, tokens: [], blobs: [], promise }
            yield* Effect.promise(() => fc.asyncModelRun(() => ({ model, real }), [getParameters, ...commands]))
          }))),
        { numRuns: examples(60) }
      ),
    patience
  )
})
