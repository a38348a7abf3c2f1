/**
 * Kinds whose code is loaded when a key of theirs is first used. Curves and lattices make tables as soon as they are loaded,
 * which takes longer than all the rest of Keystead does, and many programs never use them: a Worker is to start soon.
 */
import * as Effect from "effect/Effect"
import { type Algorithms, type KeySpec, keySpecs } from "../../domain/Specs.ts"
import type { EncapsulatingKind, KeyKind, SigningKind } from "../KeyKind.ts"

/** What keys are for, by their specs. */
export type Usages = Readonly<Partial<Record<KeySpec, Algorithms>>>

/** The kind of the spec, once it is loaded. */
const loading = <Kind extends KeyKind>(
  keySpec: KeySpec,
  load: () => Promise<ReadonlyArray<Kind>>
): Effect.Effect<Kind> => {
  let loaded: Kind | undefined
  const find = async (): Promise<Kind> => {
    loaded = (await load()).find((kind) => kind.keySpec === keySpec)
    if (loaded === undefined) throw new TypeError(`Nothing stands behind keys of spec ${keySpec}`)
    return loaded
  }
  return Effect.suspend(() => loaded === undefined ? Effect.promise(find) : Effect.succeed(loaded))
}

const all = <Kind extends KeyKind>(
  usages: Usages,
  load: () => Promise<ReadonlyArray<Kind>>,
  more: (kind: Effect.Effect<Kind>) => Partial<KeyKind>
): ReadonlyArray<KeyKind> =>
  keySpecs.flatMap((keySpec): ReadonlyArray<KeyKind> => {
    const own = usages[keySpec]
    if (own === undefined) return []
    const kind = loading(keySpec, load)
    return [{
      keySpec,
      usages: own,
      generate: Effect.flatMap(kind, ({ generate }) => generate),
      read: (bytes) => Effect.flatMap(kind, ({ read }) => read(bytes)),
      prepare: (bytes) => Effect.flatMap(kind, ({ prepare }) => prepare(bytes)),
      ...more(kind)
    }]
  })

/** Kinds that sign. */
export const signingLater = (usages: Usages, load: () => Promise<ReadonlyArray<SigningKind>>): ReadonlyArray<KeyKind> =>
  all(usages, load, (kind) => ({
    verify: (publicKey, signed, signature) => Effect.flatMap(kind, ({ verify }) => verify(publicKey, signed, signature))
  }))

/** Kinds that encapsulate. */
export const encapsulatingLater = (
  usages: Usages,
  load: () => Promise<ReadonlyArray<EncapsulatingKind>>
): ReadonlyArray<KeyKind> =>
  all(usages, load, (kind) => ({
    encapsulate: (publicKey) => Effect.flatMap(kind, ({ encapsulate }) => encapsulate(publicKey))
  }))
