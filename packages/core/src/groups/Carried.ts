/** What a Keystead carries: the operations of its groups, and what stands behind its key specs. */
import * as Context from "effect/Context"
import type { KeyCipher } from "../crypto/KeyCipher.ts"
import type { KeyKind } from "../crypto/KeyKind.ts"
import type { KeyStores } from "../custom-stores/KeyStores.ts"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import type { KeySpec } from "../domain/Specs.ts"
import type { Regions } from "../interpreter/Regions.ts"
import type { Operation } from "../operations/Operation.ts"
import type { Group } from "./Group.ts"

export class Carried extends Context.Service<Carried, {
  /** The operation of this name, if it is carried. */
  readonly operation: (name: string) => Operation | undefined
  /** What stands behind a key spec; nothing if its group is not carried, or no primitives for it are at hand. */
  readonly kind: (keySpec: KeySpec) => KeyKind | undefined
  /** What is at hand for a key spec, whether or not its group is carried: for keys that are no KMS keys. */
  readonly anyKind: (keySpec: KeySpec) => KeyKind | undefined
  /** How the key encrypts, if it is not one of Keystead's own symmetric ones. */
  readonly cipher: (key: KeyRecord) => KeyCipher | undefined
  /** What keys in custom key stores are made and used with, if their group is carried. */
  readonly keyStores: KeyStores | undefined
  /** How the keys of several Regions stay together; nothing if their group is not carried. */
  readonly regions: Regions | undefined
}>()("@keystead/core/groups/Carried") {}

/** What the first group that brings such a thing brings; undefined if none does. */
export const broughtBy = <const Name extends keyof Group>(
  groups: ReadonlyArray<Group> | undefined,
  name: Name
): Group[Name] | undefined => groups?.find((group) => group[name] !== undefined)?.[name]

/** What consults grants, if a group brings it, and for how long new ones are not known without their tokens. */
export const grantsOf = (options: {
  readonly groups?: ReadonlyArray<Group> | undefined
  readonly grantDelay?: number | undefined
}) => ({
  grants: broughtBy(options.groups, "grants"),
  grantDelay: options.grantDelay ?? 0
})

/** What the groups carry. The host's kinds stand in for the groups' own. */
export const of = (groups: ReadonlyArray<Group>, hostKinds: ReadonlyArray<KeyKind>): Carried["Service"] => {
  const operations = new Map(groups.flatMap((group) => Object.entries(group.operations)))
  const specs = new Set(groups.flatMap(({ keySpecs }) => keySpecs))
  const kinds = new Map(
    [...groups.flatMap((group) => group.kinds), ...hostKinds].map((kind) => [kind.keySpec, kind] as const)
  )
  const ciphers = groups.flatMap((group) => group.ciphers ?? [])
  return {
    operation: (name) => operations.get(name),
    kind: (keySpec) => specs.has(keySpec) ? kinds.get(keySpec) : undefined,
    anyKind: (keySpec) => kinds.get(keySpec),
    cipher: (key) => ciphers.find(({ fits }) => fits(key)),
    keyStores: broughtBy(groups, "keyStores"),
    regions: broughtBy(groups, "regions")
  }
}
