/**
 * Pick what you carry: the operations come in groups, and an embedder names those it wants. A bundler drops the rest.
 *
 * A group is a value. Adding an operation is its file, and its line in its group.
 */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { KeyCipher } from "../crypto/KeyCipher.ts"
import type { KeyKind } from "../crypto/KeyKind.ts"
import type { KeyStores } from "../custom-stores/KeyStores.ts"
import type { KeySpec } from "../domain/Specs.ts"
import type { ManagedKeys } from "../interpreter/ManagedKeys.ts"
import type { Regions } from "../interpreter/Regions.ts"
import type { Operation } from "../operations/Operation.ts"
import type { GrantBook } from "./GrantBook.ts"

/** Operations by their names. */
export interface Operations {
  readonly [name: string]: Operation
}

/** Operations that belong together, and what stands behind them. */
export interface Group<out Named extends Operations = Operations> {
  /** Such as `post-quantum`. */
  readonly name: string
  readonly operations: Named
  /** The specs of the keys that they are about, beside SYMMETRIC_DEFAULT. */
  readonly keySpecs: ReadonlyArray<KeySpec>
  /** What stands behind these specs in pure JavaScript, as far as there is such a thing. */
  readonly kinds: ReadonlyArray<KeyKind>
  /** How keys of its specs encrypt, if they do. */
  readonly ciphers?: ReadonlyArray<KeyCipher>
  /** How AWS managed keys come into being. */
  readonly managedKeys?: ManagedKeys
  /** What its operations ask of that the host gives to `Kms.layer`, or a default in place of it. */
  readonly services?: Effect.Effect<Context.Context<never>>
  /** What keys in custom key stores are made and used with. */
  readonly keyStores?: KeyStores
  /** How the keys of several Regions stay together. */
  readonly regions?: Regions
  /** What consults grants, in the group that has them. */
  readonly grants?: GrantBook
}
