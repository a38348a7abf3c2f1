/** What may be asked of an import, several materials of one key, and what is told of them. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { failureOf } from "../support/Failure.ts"
import { forEver, importMaterial, wrapped } from "../support/Importing.ts"
import { holds } from "../support/Property.ts"
import { contentOf } from "../support/Tamper.ts"
import { bytes, createKey, makeWorld, region } from "../support/World.ts"
import { arnOf, externalKey, importWorld, materialsOf, outside, random, recordOf, stateOf } from "./Support.ts"

const day = 86_400_000

describe("a key of origin EXTERNAL", () => {
  it.effect("waits for its import, and says so", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const KeyId = yield* externalKey(root)
      const { KeyMetadata } = yield* root.describeKey({ KeyId })
      assert.strictEqual(KeyMetadata?.Origin, "EXTERNAL")
      assert.strictEqual(KeyMetadata?.KeyState, "PendingImport")
      assert.isFalse(KeyMetadata?.Enabled)
      for (const member of ["CurrentKeyMaterialId", "ExpirationModel", "ValidTo"]) {
        assert.notProperty(KeyMetadata, member)
      }
      assert.deepStrictEqual(yield* materialsOf(root, KeyId), [])
      assert.strictEqual(
        yield* failureOf(root, "Encrypt", { KeyId, Plaintext: bytes("x") }),
        `KMSInvalidStateException: ${arnOf(KeyId)} is pending import.`
      )
      assert.deepStrictEqual(yield* root.deleteImportedKeyMaterial({ KeyId }), { KeyId: arnOf(KeyId) })
    }))

  it.effect("is none where no group brings imports, and cannot be filled where the host has no RSA", () =>
    Effect.gen(function*() {
      const { groups } = yield* Effect.promise(() => import("@keystead/core/operations/Registry"))
      const without = yield* makeWorld({ groups: groups.filter(({ name }) => name !== "import") })
      assert.strictEqual(
        yield* failureOf(without.root, "CreateKey", { Origin: "EXTERNAL" }),
        "UnsupportedOperationException: Origin EXTERNAL is not supported."
      )
      const world = yield* importWorld()
      const KeyId = yield* externalKey(world.root)
      const sent = yield* wrapped(world.root, KeyId, random(32))
      const noble = yield* makeWorld({ store: world.store })
      const refusal =
        "UnsupportedOperationException: Wrapping keys of spec RSA_2048 are not supported here: key material "
        + "cannot be imported."
      const wanted = { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" }
      assert.strictEqual(yield* failureOf(noble.root, "GetParametersForImport", wanted), refusal)
      assert.strictEqual(yield* failureOf(noble.root, "ImportKeyMaterial", { ...sent, ...forEver }), refusal)
      // Wrapping keys are no KMS keys: RSA's own group need not be carried.
      const few = groups.filter(({ name }) => name === "symmetric" || name === "import")
      yield* (yield* importWorld({ store: world.store, groups: few })).root.importKeyMaterial({ ...sent, ...forEver })
      assert.strictEqual(yield* stateOf(noble.root, KeyId), "Enabled")
    }))

  it.effect("is the only one that takes imports", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const KeyId = yield* createKey(root)
      const own = yield* externalKey(root)
      const sent = yield* wrapped(root, own, random(32))
      const input = { ...sent, ...forEver, KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" }
      for (const operation of ["GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial"] as const) {
        assert.strictEqual(
          yield* failureOf(root, operation, input),
          `UnsupportedOperationException: ${arnOf(KeyId)} origin is AWS_KMS which is not valid for this operation.`
        )
      }
      for (const operation of ["EnableKeyRotation", "DisableKeyRotation"] as const) {
        yield* root.importKeyMaterial({ ...sent, ...forEver })
        assert.strictEqual(
          yield* failureOf(root, operation, { KeyId: own }),
          `UnsupportedOperationException: ${arnOf(own)} origin is EXTERNAL which is not valid for this operation.`
        )
      }
      assert.deepStrictEqual(yield* root.getKeyRotationStatus({ KeyId: own }), {
        KeyRotationEnabled: false,
        KeyId: arnOf(own)
      })
    }))

  it.effect("has one id of one material, and its ciphertexts open under no other key with the same material", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const material = random(32)
      const [one, other] = [yield* externalKey(root), yield* externalKey(root)]
      const { KeyMaterialId } = yield* importMaterial(root, one, material)
      assert.strictEqual((yield* importMaterial(root, other, material)).KeyMaterialId, KeyMaterialId)
      const { CiphertextBlob } = yield* root.encrypt({ KeyId: one, Plaintext: bytes("x") })
      assert.match(yield* failureOf(root, "Decrypt", { KeyId: other, CiphertextBlob }), /^IncorrectKeyException/)
      // Nor where the wrapped bytes of the one are moved to the other.
      const elsewhere = yield* importWorld({ seed: "elsewhere" })
      const moved = yield* externalKey(elsewhere.root)
      yield* importMaterial(elsewhere.root, moved, material)
      assert.match(yield* failureOf(elsewhere.root, "Decrypt", { CiphertextBlob }), /^AccessDeniedException/)
      assert.match(
        yield* failureOf(elsewhere.root, "Decrypt", { KeyId: moved, CiphertextBlob }),
        /^IncorrectKeyException/
      )
    }))
})

describe("a request to import", () => {
  const prepared = Effect.gen(function*() {
    const { root } = yield* importWorld()
    yield* TestClock.setTime(1000)
    const KeyId = yield* externalKey(root)
    const sent = yield* wrapped(root, KeyId, random(32))
    return { root, KeyId, refusal: (said: object) => failureOf(root, "ImportKeyMaterial", { ...sent, ...said }) }
  })

  it.effect("says when the material expires, within a year, or that it does not", () =>
    Effect.gen(function*() {
      const { KeyId, refusal, root } = yield* prepared
      const needed = "ValidationException: A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"
      const within = "ValidationException: The validTo date must be in the future, and at most 365 days from now"
      const expires = { ExpirationModel: "KEY_MATERIAL_EXPIRES" }
      assert.strictEqual(yield* refusal({}), needed)
      assert.strictEqual(yield* refusal(expires), needed)
      for (const time of [-1, 0, 999, 1000, 1000 + 365 * day + 1, 8.64e15, -8.64e15]) {
        assert.strictEqual(yield* refusal({ ValidTo: new Date(time) }), within)
        assert.strictEqual(yield* refusal({ ...expires, ValidTo: new Date(time) }), within)
      }
      assert.match(
        yield* refusal({ ValidTo: new Date(Number.NaN) }),
        /^ValidationException: 1 validation error detected/
      )
      assert.strictEqual(
        yield* refusal({ ...forEver, ValidTo: new Date(5000) }),
        "ValidationException: A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE"
      )
      assert.strictEqual(yield* stateOf(root, KeyId), "PendingImport")
      for (const time of [1001, 1000 + 365 * day]) {
        yield* importMaterial(root, KeyId, random(32).fill(1), { ValidTo: new Date(time) })
        const { KeyMetadata } = yield* root.describeKey({ KeyId })
        assert.strictEqual(KeyMetadata?.ExpirationModel, "KEY_MATERIAL_EXPIRES")
        assert.deepStrictEqual(KeyMetadata?.ValidTo, new Date(time))
      }
      yield* importMaterial(root, KeyId, random(32).fill(1))
      const { KeyMetadata } = yield* root.describeKey({ KeyId })
      assert.strictEqual(KeyMetadata?.ExpirationModel, "KEY_MATERIAL_DOES_NOT_EXPIRE")
      assert.notProperty(KeyMetadata, "ValidTo")
    }))

  it.effect("gives type, description and id for symmetric keys only, and no id of what is new", () =>
    Effect.gen(function*() {
      const { refusal, root } = yield* prepared
      const id = "0".repeat(64)
      assert.strictEqual(
        yield* refusal({ ...forEver, ImportType: "NEW_KEY_MATERIAL", KeyMaterialId: id }),
        "ValidationException: A KeyMaterialId must not be given with the ImportType NEW_KEY_MATERIAL: new material has its own."
      )
      const KeyId = yield* externalKey(root, "HMAC_256")
      const sent = yield* wrapped(root, KeyId, outside("HMAC_256").material)
      const unfit =
        `UnsupportedOperationException: ImportType, KeyMaterialDescription and KeyMaterialId are for symmetric `
        + `keys only, not for ${arnOf(KeyId)}.`
      for (
        const said of [{ ImportType: "NEW_KEY_MATERIAL" }, { KeyMaterialDescription: "d" }, { KeyMaterialId: id }]
      ) {
        assert.strictEqual(yield* failureOf(root, "ImportKeyMaterial", { ...sent, ...forEver, ...said }), unfit)
      }
      yield* root.importKeyMaterial({ ...sent, ...forEver })
      assert.strictEqual(
        yield* failureOf(root, "DeleteImportedKeyMaterial", { KeyId, KeyMaterialId: id }),
        `UnsupportedOperationException: KeyMaterialId is for symmetric keys only: ${arnOf(KeyId)} has one key material.`
      )
      assert.deepStrictEqual(yield* root.deleteImportedKeyMaterial({ KeyId }), { KeyId: arnOf(KeyId) })
    }))

  it.effect("shows in the audit without material or token", () =>
    Effect.gen(function*() {
      const world = yield* importWorld()
      const KeyId = yield* externalKey(world.root)
      yield* importMaterial(world.root, KeyId, random(32), { ValidTo: new Date(1000), KeyMaterialDescription: "d" })
      const event = world.events().at(-1)
      assert.strictEqual(event?.eventName, "ImportKeyMaterial")
      assert.deepStrictEqual(event?.requestParameters, {
        keyId: KeyId,
        validTo: "1970-01-01T00:00:01.000Z",
        keyMaterialDescription: "d"
      })
    }))

  it("of any expiration never gets further than it should", () =>
    holds(
      fc.record({
        now: fc.nat(1e12),
        ValidTo: fc.option(fc.date({ noInvalidDate: false }), { nil: undefined }),
        ExpirationModel: fc.constantFrom(undefined, "KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE")
      }),
      ({ ExpirationModel, ValidTo, now }) =>
        Effect.gen(function*() {
          const world = yield* importWorld()
          yield* TestClock.setTime(now)
          const KeyId = yield* externalKey(world.root)
          const sent = yield* wrapped(world.root, KeyId, random(32))
          const said = {
            ...(ValidTo === undefined ? {} : { ValidTo }),
            ...(ExpirationModel === undefined ? {} : { ExpirationModel })
          }
          const outcome = yield* Effect.exit(world.root.importKeyMaterial({ ...sent, ...said }))
          const time = ValidTo?.getTime() ?? Number.NaN
          const good = ExpirationModel === "KEY_MATERIAL_DOES_NOT_EXPIRE"
            ? ValidTo === undefined
            : time > now && time <= now + 365 * day
          assert.strictEqual(outcome._tag, good ? "Success" : "Failure")
          assert.strictEqual(yield* stateOf(world.root, KeyId), good ? "Enabled" : "PendingImport")
        }),
      { numRuns: 60 }
    ))
})

describe("several materials", () => {
  const threeMaterials = Effect.gen(function*() {
    const world = yield* importWorld()
    const { root } = world
    const KeyId = yield* externalKey(root)
    const materials = [random(32), random(32), random(32)] as const
    const blobs: Array<Uint8Array> = []
    const ids: Array<string> = []
    for (const [index, material] of materials.entries()) {
      const { KeyMaterialId = "" } = yield* importMaterial(root, KeyId, material, {
        ...forEver,
        ImportType: "NEW_KEY_MATERIAL",
        KeyMaterialDescription: `number ${index}`
      })
      ids.push(KeyMaterialId)
      if (index > 0) yield* root.rotateKeyOnDemand({ KeyId })
      const { CiphertextBlob = new Uint8Array() } = yield* root.encrypt({ KeyId, Plaintext: bytes(`${index}`) })
      blobs.push(CiphertextBlob)
    }
    return { world, root, KeyId, materials, blobs, ids }
  })

  it.effect("follow each other by rotation, and decrypt what each encrypted", () =>
    Effect.gen(function*() {
      const { KeyId, blobs, ids, root } = yield* threeMaterials
      for (const [index, CiphertextBlob] of blobs.entries()) {
        const opened = yield* root.decrypt({ CiphertextBlob })
        assert.deepStrictEqual(opened.Plaintext, bytes(`${index}`))
        assert.strictEqual(opened.KeyMaterialId, ids[index])
      }
      assert.strictEqual((yield* root.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId, ids[2])
      const imported = { KeyId, ImportState: "IMPORTED", ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }
      const rotation = { RotationDate: new Date(0), RotationType: "ON_DEMAND" }
      const entry = (index: number, KeyMaterialState: string) => ({
        ...imported,
        KeyMaterialId: ids[index],
        KeyMaterialState,
        KeyMaterialDescription: `number ${index}`
      })
      const rotations = [{ ...entry(1, "NON_CURRENT"), ...rotation }, { ...entry(2, "CURRENT"), ...rotation }]
      assert.deepStrictEqual<unknown>((yield* root.listKeyRotations({ KeyId })).Rotations, rotations)
      const fourth = random(32)
      const { KeyMaterialId } = yield* importMaterial(root, KeyId, fourth, {
        ...forEver,
        ImportType: "NEW_KEY_MATERIAL"
      })
      const pending = { ...imported, KeyMaterialId, KeyMaterialState: "PENDING_ROTATION" }
      assert.deepStrictEqual<unknown>((yield* root.listKeyRotations({ KeyId })).Rotations, rotations)
      const all = yield* root.listKeyRotations({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })
      assert.deepStrictEqual<unknown>(all.Rotations, [entry(0, "NON_CURRENT"), ...rotations, pending])
      const paged = yield* root.listKeyRotations({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL", Limit: 3 })
      const Marker = paged.NextMarker ?? ""
      const rest = yield* root.listKeyRotations({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL", Marker })
      assert.deepStrictEqual<unknown>(rest.Rotations, [pending])
      // What is pending encrypts and decrypts nothing yet.
      const { CiphertextBlob } = yield* root.encrypt({ KeyId, Plaintext: bytes("x") })
      assert.strictEqual((yield* root.decrypt({ CiphertextBlob })).KeyMaterialId, ids[2])
    }))

  it.effect("must all be there: the key waits as long as one is missing", () =>
    Effect.gen(function*() {
      const { KeyId, blobs, ids, materials, root } = yield* threeMaterials
      const waits = `KMSInvalidStateException: ${arnOf(KeyId)} is pending import.`
      for (const at of [0, 1, 2]) {
        const deleted = yield* root.deleteImportedKeyMaterial({ KeyId, KeyMaterialId: ids[at] })
        assert.deepStrictEqual(deleted, { KeyId: arnOf(KeyId), KeyMaterialId: ids[at] })
        for (const CiphertextBlob of blobs) {
          assert.strictEqual(yield* failureOf(root, "Decrypt", { CiphertextBlob }), waits)
        }
        const { KeyMetadata } = yield* root.describeKey({ KeyId })
        assert.strictEqual(KeyMetadata?.CurrentKeyMaterialId, ids[2])
        yield* importMaterial(root, KeyId, materials[at] ?? random(32), forEver)
        assert.strictEqual(yield* stateOf(root, KeyId), "Enabled")
      }
      for (const KeyMaterialId of ids) yield* root.deleteImportedKeyMaterial({ KeyId, KeyMaterialId })
      const { KeyMetadata } = yield* root.describeKey({ KeyId })
      assert.strictEqual(KeyMetadata?.CurrentKeyMaterialId, ids[2])
      assert.notProperty(KeyMetadata, "ExpirationModel")
      for (const [index, material] of materials.entries()) {
        assert.strictEqual(yield* stateOf(root, KeyId), "PendingImport")
        assert.strictEqual(yield* failureOf(root, "EnableKey", { KeyId }), waits)
        yield* importMaterial(root, KeyId, material, { ...forEver, KeyMaterialId: ids[index] })
      }
      assert.strictEqual(yield* stateOf(root, KeyId), "Enabled")
      for (const CiphertextBlob of blobs) yield* root.decrypt({ CiphertextBlob })
      const { Rotations = [] } = yield* root.listKeyRotations({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })
      assert.deepStrictEqual(Rotations.map((one) => one.KeyMaterialDescription), ["number 0", "number 1", "number 2"])
      // How each became current is remembered too.
      assert.deepStrictEqual(Rotations.map((one) => one.RotationType), [undefined, "ON_DEMAND", "ON_DEMAND"])
    }))

  it.effect("are deleted from the store, the current one unless another is named", () =>
    Effect.gen(function*() {
      const { KeyId, ids, root, world } = yield* threeMaterials
      const text = () => Effect.map(contentOf(world, recordOf(KeyId)), (content) => JSON.stringify(content))
      const wrappedOnes = [...(yield* text()).matchAll(/"wrapped":"([^"]+)"/g)].map(([, bytes = ""]) => bytes)
      assert.lengthOf(wrappedOnes, 3)
      const deleted = yield* root.deleteImportedKeyMaterial({ KeyId })
      assert.strictEqual(deleted.KeyMaterialId, ids[2])
      const after = yield* text()
      assert.deepStrictEqual(wrappedOnes.map((bytes) => after.includes(bytes)), [true, true, false])
      assert.strictEqual(
        yield* failureOf(root, "DeleteImportedKeyMaterial", { KeyId, KeyMaterialId: "0".repeat(64) }),
        `NotFoundException: The key material (id: ${"0".repeat(64)}) is not associated with ${arnOf(KeyId)}.`
      )
    }))

  it.effect("come one at a time: what is pending can be deleted and replaced, and changes nothing else", () =>
    Effect.gen(function*() {
      const { KeyId, ids, root } = yield* threeMaterials
      const fresh = { ...forEver, ImportType: "NEW_KEY_MATERIAL" } as const
      const [fourth, fifth] = [random(32), random(32)]
      const none = `KMSInvalidStateException: No available key material pending rotation for the key: ${arnOf(KeyId)}.`
      assert.strictEqual(yield* failureOf(root, "RotateKeyOnDemand", { KeyId }), none)
      const { KeyMaterialId: pending = "" } = yield* importMaterial(root, KeyId, fourth, fresh)
      const other = yield* Effect.flip(importMaterial(root, KeyId, fifth, fresh))
      assert.strictEqual(other._tag, "KMSInvalidStateException")
      assert.match(
        other.message,
        new RegExp(
          `^New key material \\(id: [0-9a-f]{64}\\) cannot be imported into KMS key ${
            arnOf(KeyId)
          }, because another key `
            + `material \\(id: ${pending}\\) is pending rotation\\.$`
        )
      )
      assert.strictEqual(
        (yield* Effect.flip(importMaterial(root, KeyId, fourth, fresh))).message,
        `The key material (id: ${pending}) is associated with ${arnOf(KeyId)} already.`
      )
      // Again, to change what was said of it.
      yield* importMaterial(root, KeyId, fourth, { ValidTo: new Date(day), KeyMaterialDescription: "better" })
      assert.deepInclude((yield* materialsOf(root, KeyId)).at(-1), { state: "PENDING_ROTATION", validTo: day })
      // Only what belongs to the key for good makes it expire.
      assert.notProperty((yield* root.describeKey({ KeyId })).KeyMetadata, "ValidTo")
      yield* root.deleteImportedKeyMaterial({ KeyId, KeyMaterialId: pending })
      assert.strictEqual(yield* stateOf(root, KeyId), "Enabled")
      assert.deepStrictEqual((yield* materialsOf(root, KeyId)).map(({ id }) => id), ids)
      assert.strictEqual(yield* failureOf(root, "RotateKeyOnDemand", { KeyId }), none)
      yield* importMaterial(root, KeyId, fifth, fresh)
      yield* root.rotateKeyOnDemand({ KeyId })
      assert.strictEqual((yield* materialsOf(root, KeyId)).at(-1)?.state, "CURRENT")
    }))

  it.effect("are known or new, as the request says", () =>
    Effect.gen(function*() {
      const { KeyId, ids, materials, root } = yield* threeMaterials
      const tag = (material: Uint8Array, said: object) =>
        Effect.map(Effect.flip(importMaterial(root, KeyId, material, { ...forEver, ...said })), ({ _tag }) => _tag)
      const incorrect = "IncorrectKeyMaterialException"
      assert.strictEqual(yield* tag(random(32), {}), incorrect)
      assert.strictEqual(yield* tag(random(32), { ImportType: "EXISTING_KEY_MATERIAL" }), incorrect)
      assert.strictEqual(yield* tag(random(32), { KeyMaterialId: ids[0] }), incorrect)
      assert.strictEqual(yield* tag(materials[0], { KeyMaterialId: ids[1] }), incorrect)
      assert.strictEqual(yield* tag(materials[0], { ImportType: "NEW_KEY_MATERIAL" }), incorrect)
      yield* importMaterial(root, KeyId, materials[0], { ...forEver, ImportType: "EXISTING_KEY_MATERIAL" })
      yield* importMaterial(root, KeyId, materials[0], { ...forEver, KeyMaterialId: ids[0] })
      const empty = yield* externalKey(root)
      for (const said of [{ ImportType: "EXISTING_KEY_MATERIAL" as const }, { KeyMaterialId: ids[0] ?? "" }]) {
        const error = yield* Effect.flip(importMaterial(root, empty, materials[0], { ...forEver, ...said }))
        assert.strictEqual(error._tag, incorrect)
      }
      assert.strictEqual(yield* stateOf(root, empty), "PendingImport")
    }))

  it.effect("may be new while others are missing, and wait for their rotation then", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const KeyId = yield* externalKey(root)
      const [first, second] = [random(32), random(32)]
      yield* importMaterial(root, KeyId, first)
      yield* root.deleteImportedKeyMaterial({ KeyId })
      yield* importMaterial(root, KeyId, second, { ...forEver, ImportType: "NEW_KEY_MATERIAL" })
      assert.strictEqual(yield* stateOf(root, KeyId), "PendingImport")
      assert.match(
        yield* failureOf(root, "RotateKeyOnDemand", { KeyId }),
        /^KMSInvalidStateException: .* is pending import/
      )
      yield* importMaterial(root, KeyId, first)
      assert.strictEqual(yield* stateOf(root, KeyId), "Enabled")
      yield* root.rotateKeyOnDemand({ KeyId })
    }))

  it.effect("count towards the quota of rotations on demand", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld({ limits: { onDemandRotationsPerKey: 1 } })
      const KeyId = yield* externalKey(root)
      for (const ImportType of ["NEW_KEY_MATERIAL", "NEW_KEY_MATERIAL"] as const) {
        yield* importMaterial(root, KeyId, random(32), { ...forEver, ImportType })
      }
      yield* root.rotateKeyOnDemand({ KeyId })
      yield* importMaterial(root, KeyId, random(32), { ...forEver, ImportType: "NEW_KEY_MATERIAL" })
      assert.match(yield* failureOf(root, "RotateKeyOnDemand", { KeyId }), /^LimitExceededException/)
    }))
})

describe("states", () => {
  it.effect("of a disabled key stay through an import, and not through a deletion of its material", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const KeyId = yield* externalKey(root)
      const material = random(32)
      yield* importMaterial(root, KeyId, material)
      yield* root.disableKey({ KeyId })
      yield* importMaterial(root, KeyId, material)
      assert.strictEqual(yield* stateOf(root, KeyId), "Disabled")
      yield* root.deleteImportedKeyMaterial({ KeyId })
      assert.strictEqual(yield* stateOf(root, KeyId), "PendingImport")
      yield* importMaterial(root, KeyId, material)
      assert.strictEqual(yield* stateOf(root, KeyId), "Enabled")
    }))

  it.effect("of a key that is pending its deletion stay, and what it lacks shows when that is called off", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const [full, emptied, never] = [yield* externalKey(root), yield* externalKey(root), yield* externalKey(root)]
      for (const KeyId of [full, emptied]) yield* importMaterial(root, KeyId, random(32))
      for (const KeyId of [full, emptied, never]) yield* root.scheduleKeyDeletion({ KeyId })
      yield* root.deleteImportedKeyMaterial({ KeyId: emptied })
      assert.strictEqual(yield* stateOf(root, emptied), "PendingDeletion")
      for (
        const [KeyId, state] of [[full, "Disabled"], [emptied, "PendingImport"], [never, "PendingImport"]] as const
      ) {
        yield* root.cancelKeyDeletion({ KeyId })
        assert.strictEqual(yield* stateOf(root, KeyId), state)
      }
    }))

  it.effect("of a Region are its own", () =>
    Effect.gen(function*() {
      const world = yield* importWorld()
      const KeyId = yield* externalKey(world.root)
      const sent = yield* wrapped(world.root, KeyId, random(32))
      const elsewhere = world.as({ principal: "arn:aws:iam::111122223333:root" }, "us-east-1")
      assert.match(yield* failureOf(elsewhere, "ImportKeyMaterial", { ...sent, ...forEver }), /^NotFoundException/)
      assert.strictEqual(yield* stateOf(world.root, KeyId), "PendingImport")
      assert.include(arnOf(KeyId), region)
    }))
})
