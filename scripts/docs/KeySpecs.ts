/** Which keys each operation is about, and where such keys can be had: out of the groups and of the kinds of keys. */
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import type { KeySpec, KeyUsage } from "@keystead/core/domain/Specs"
import type { Operation } from "@keystead/core/operations/Operation"
import { groups } from "@keystead/core/operations/Registry"
import { nodeKinds } from "@keystead/runtime-node/kinds/NodeKinds"
import { neededUsage } from "../../packages/core/test/support/NeededUsage.ts"

const anywhere: ReadonlyArray<KeyKind> = groups.flatMap(({ kinds }) => kinds)
const specs: ReadonlyArray<KeySpec> = groups.flatMap(({ keySpecs }) => keySpecs)
const usages: ReadonlyMap<string, KeyUsage> = new Map(Object.entries(neededUsage))

/** The groups that have the operation. */
export const groupsOf = ({ name }: Operation): ReadonlyArray<string> =>
  groups.filter(({ operations }) => Object.hasOwn(operations, name)).map((group) => group.name)

const kindOf = (keySpec: KeySpec): KeyKind | undefined =>
  [...anywhere, ...nodeKinds].find((kind) => kind.keySpec === keySpec)

/** The operations that are about symmetric keys only, beyond what their usage says. Source: AWS KMS API reference. */
const symmetricOnly = /^GenerateDataKey|KeyRotation|^RotateKeyOnDemand$/

const isPair = (keySpec: KeySpec): boolean => !keySpec.startsWith("HMAC_")

/** The specs of the keys that the operation is about; undefined if of any, or of none. */
const specsOf = ({ name }: Operation): ReadonlyArray<KeySpec> | undefined => {
  if (symmetricOnly.test(name)) return ["SYMMETRIC_DEFAULT"]
  if (name === "GetPublicKey") return specs.filter(isPair)
  const usage = usages.get(name)
  if (usage === undefined) return undefined
  const fitting = specs.filter((keySpec) => kindOf(keySpec)?.usages[usage] !== undefined)
  return usage === "ENCRYPT_DECRYPT" ? ["SYMMETRIC_DEFAULT", ...fitting] : fitting
}

const families = ["RSA_", "HMAC_", "ECC_NIST_P", "ML_DSA_", "ML_KEM_"]

/** The specs, those of a family that are all there in one: `RSA_*`. */
const inShort = (some: ReadonlyArray<KeySpec>): string => {
  const whole = families.filter((family) => specs.every((spec) => !spec.startsWith(family) || some.includes(spec)))
  const nameOf = (spec: KeySpec) => {
    const family = whole.find((family) => spec.startsWith(family))
    return family === undefined ? spec : `${family}*`
  }
  return [...new Set(some.map(nameOf))].join(", ")
}

/** The specs of the keys that the operation is about. */
export const keySpecsOf = (operation: Operation): string => {
  const some = specsOf(operation)
  if (some !== undefined) return inShort(some)
  return operation.states === undefined ? "" : "any"
}

const hasPureKind = (keySpec: KeySpec): boolean =>
  keySpec === "SYMMETRIC_DEFAULT" || anywhere.some((kind) => kind.keySpec === keySpec)

/** What an operation needs of its host beyond ECMAScript, by its group. */
const needs: ReadonlyMap<string, string> = new Map([
  ["import", "those with RSA, whose keys wrap the material"],
  ["custom-stores", "those that give a KeyStoreProvider"]
])

/** Where the operation can be carried out. */
export const runtimesOf = (operation: Operation): string => {
  const [group = ""] = groupsOf(operation)
  const needed = needs.get(group)
  if (needed !== undefined && operation.name !== "DeleteImportedKeyMaterial") return needed
  const pairs = operation.name.startsWith("GenerateDataKeyPair") ? specs.filter(isPair) : []
  const elsewhere = [...specsOf(operation) ?? [], ...pairs].filter((keySpec) => !hasPureKind(keySpec))
  return elsewhere.length === 0 ? "all" : `all; ${inShort(elsewhere)}: those that have RSA`
}
