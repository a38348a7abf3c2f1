/**
 * What consults grants, where they are carried. The group of grants brings it, so that a Keystead without that group has
 * nothing of grants but the places where it would be asked.
 */
import type * as Effect from "effect/Effect"
import type { Verdict } from "../authorization/Evaluate.ts"
import type { ExplainedGrant } from "../authorization/Granting.ts"
import type { GrantRecord, KeyPlace } from "../domain/GrantRecord.ts"
import type { InvalidGrantTokenException, StorageError } from "../Errors.ts"
import type { Parts } from "../interpreter/LoadKey.ts"
import type { Loaded } from "../interpreter/Reader.ts"
import type { Asked, Conditions, LoadedKey, LoadError, Permission } from "../operations/Operation.ts"
import type { CommitConflict } from "../storage/Storage.ts"

/** What is asked of grants. */
export interface GrantQuestion {
  readonly asked: Asked
  readonly permission: Permission
  /** The permission's resource. */
  readonly key: LoadedKey
  /** The condition keys that the request brings. */
  readonly requested: () => Conditions
  /** The grants that the request's tokens name. */
  readonly tokens: ReadonlyArray<Loaded<GrantRecord>>
}

/** The answer to whether the caller may, and the grant that allowed it. */
export interface GrantAnswer {
  readonly verdict: Verdict
  readonly used?: Loaded<GrantRecord>
}

export interface GrantBook {
  /** The grants that tokens name, each of which must be in force `now`, in milliseconds. */
  readonly named: (
    parts: Parts,
    tokens: ReadonlyArray<string>,
    now: number
  ) => Effect.Effect<ReadonlyArray<Loaded<GrantRecord>>, InvalidGrantTokenException | LoadError>
  /** The answer of policies and grants together, given that of the policies. */
  readonly answer: (
    parts: Parts,
    question: GrantQuestion,
    byPolicies: Verdict
  ) => Effect.Effect<GrantAnswer, LoadError>
  /** How each of the caller's grants, and each that a token names, stands to the request. */
  readonly explain: (parts: Parts, question: GrantQuestion) => Effect.Effect<ReadonlyArray<ExplainedGrant>, LoadError>
  /** Takes away the grants of a key that is gone. */
  readonly erase: (parts: Parts, key: KeyPlace) => Effect.Effect<void, StorageError | CommitConflict>
}
