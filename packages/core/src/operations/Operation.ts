/**
 * An operation is a value: everything about it is in its one file, and every surface (facade, command line, HTTP,
 * docs, tests) is derived from the registry of these values.
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { PolicyDocument } from "../authorization/Policy.ts"
import type { Crypto } from "../crypto/Crypto.ts"
import type { KeyMaterials } from "../crypto/KeyMaterials.ts"
import type { Attested } from "../crypto/Recipients.ts"
import type { RootKey } from "../crypto/RootKey.ts"
import type { ExternalKey } from "../custom-stores/KeyStores.ts"
import type { AliasRecord } from "../domain/AliasRecord.ts"
import type { Place } from "../domain/Arn.ts"
import type { Caller } from "../domain/Caller.ts"
import type { GrantRecord, GrantTerms } from "../domain/GrantRecord.ts"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import type { Limits } from "../domain/Limits.ts"
import type {
  AccessDeniedException,
  DependencyTimeoutException,
  DryRunOperationException,
  IntegrityError,
  InvalidGrantTokenException,
  NotFoundException,
  StorageError,
  UnsupportedOperationException,
  ValidationException
} from "../Errors.ts"
import type { Carried } from "../groups/Carried.ts"
import type { Records } from "../interpreter/Records.ts"
import type { KeyState } from "../lifecycle/KeyState.ts"
import type { Row, RowError } from "../lifecycle/Row.ts"
import type { Json, Version } from "../storage/Storage.ts"

// --- What is loaded ---

/** A KMS key as it stands now, advanced to the present. */
export interface LoadedKey {
  readonly record: KeyRecord
  /** What is stored, where time has taken something away since. */
  readonly stored?: KeyRecord
  readonly version: Version
  readonly arn: string
  readonly policy: PolicyDocument
  /** The alias by which the request named it, if it did. */
  readonly requestAlias?: string
  /** The other half of a key in a custom key store. */
  readonly external?: ExternalKey
}

/** Whether a key is in a custom key store that is not connected. The state that its record holds waits meanwhile. */
export const isUnavailable = ({ external, record }: LoadedKey): boolean =>
  record.externalKey !== undefined && record.deletion === undefined && external?.connected !== true

/** The place of a record that may be empty; `version` is that of what is stored there, `null` for nothing. */
export interface Slot<Content> {
  readonly place: Place
  readonly name: string
  readonly version: Version | null
  /** What it holds. An alias whose key is gone holds nothing, even while it is still stored. */
  readonly content: Content | undefined
}

/** One page of a listing. */
export interface Listed<Item> {
  readonly items: ReadonlyArray<Item>
  /** The name of the last item looked at, if there may be more. */
  readonly next: string | undefined
}

/** What loading can meet whatever is loaded. A rotation that fell due is committed before its key is used. */
export type LoadError = StorageError | IntegrityError | DependencyTimeoutException

/** How an operation may name a key, and what for. */
export interface NamedKey {
  /** What the caller must be allowed, in the refusal of a key of another account that is not there. */
  readonly action: string
  /** By alias too. */
  readonly aliases: boolean
  /** In another account too, if its key policy lets the caller in. Source: kms-semantics 2.8. */
  readonly crossAccount: boolean
}

/** How an operation loads what it decides on. */
export interface Find {
  /** The key that an identifier of the request names. */
  readonly key: (
    identifier: string,
    options: NamedKey
  ) => Effect.Effect<LoadedKey, Absent | LoadError>
  /** The key with this id, in the Region that was asked; nothing if it is not there. */
  readonly keyOf: (account: string, keyId: string) => Effect.Effect<LoadedKey | undefined, LoadError>
  /** The same for another Region. */
  readonly in: (region: string) => Find
  /** Erases the caller's key of this id if it is gone, to make room for one with the same id. */
  readonly vacate: (keyId: string) => Effect.Effect<void, LoadError>
  /** An alias of the caller's account. */
  readonly alias: (name: string) => Effect.Effect<Slot<AliasRecord>, LoadError>
  /** How many KMS keys the caller's account has in this Region. */
  readonly keyCount: Effect.Effect<Slot<number>, LoadError>
  /** The ids of the keys of the caller's account, in their order. */
  readonly keys: (after: string | undefined, limit: number) => Effect.Effect<Listed<string>, StorageError>
  /** Aliases of the caller's account, in the order of their names. */
  readonly aliases: (after: string | undefined, limit: number) => Effect.Effect<Listed<AliasRecord>, LoadError>
  /** Reads records of a kind that only some operations know. */
  readonly reader: Records["reader"]
  /** The ids of a page of records, after the given one. */
  readonly ids: Records["ids"]
}

// --- What is asked and decided ---

/** Where, when and by whom an operation was asked for. */
export interface Asked extends Place {
  readonly caller: Caller
  /** As in the audit event. */
  readonly requestId: string
  /** Milliseconds since 1970. */
  readonly now: number
  readonly limits: Limits
  /** Whom the reply is for, if the request names a Recipient. */
  readonly attested?: Attested
}

/** What a condition key is worth in a request: one value, several, or not present. */
export type ConditionValue = string | ReadonlyArray<string> | undefined

/** Condition keys, spelled as AWS documents them, with their values. */
export type Conditions = Readonly<Record<string, ConditionValue>>

/** What is answered instead of a key that is not there. */
export type Absent = AccessDeniedException | NotFoundException

/** Whether the key is not there. */
export const isAbsent = (key: LoadedKey | Absent): key is Absent => "_tag" in key

/** One thing that the caller must be allowed to do. */
export interface Permission {
  readonly action: string
  /**
   * The KMS key, the ARN of an alias, or `*` for what belongs to the account as a whole. The error stands for a key that
   * is not there, where that must not show before the permissions that come first.
   */
  readonly resource: LoadedKey | Absent | string
  /** What to answer if it is not allowed, where the usual refusal would tell too much. */
  readonly refusal?: () => AccessDeniedException
  /** What a new grant is to allow: a grant that lets its grantee create others lets them be no wider than itself. */
  readonly child?: GrantTerms
  /** The grant that is to be retired, undefined if it is not there. It says who may, and no key policy does. */
  readonly retired?: GrantRecord | undefined
}

/** A change that an operation decided on, of a record as it was when it was loaded. */
export type RecordChange =
  | { readonly _tag: "PutKey"; readonly before: LoadedKey | undefined; readonly record: KeyRecord }
  | { readonly _tag: "PutAlias"; readonly before: Slot<AliasRecord>; readonly record: AliasRecord }
  | { readonly _tag: "RemoveAlias"; readonly before: Slot<AliasRecord> }
  | { readonly _tag: "PutKeyCount"; readonly before: Slot<number>; readonly count: number }
  /** Of a record of a kind that only some operations know; `version` is that of what is there, `null` for nothing. Without one it may be anything. */
  | { readonly _tag: "PutOther"; readonly id: string; readonly version: Version | null; readonly content: Json }
  | { readonly _tag: "RemoveOther"; readonly id: string; readonly expected?: Version }

/** The reply, and the changes without which it must not be given. Operations that change nothing never write. */
export interface Decision<Output, Change extends RecordChange = never> {
  readonly output: Output
  readonly changes: ReadonlyArray<Change>
}

/** A decision that changes nothing. */
export const reply = <Output>(output: Output): Decision<Output> => ({ output, changes: [] })

/** A decision that changes one key. */
export const change = <Output>(
  output: Output,
  before: LoadedKey,
  record: KeyRecord
): Decision<Output, Extract<RecordChange, { readonly _tag: "PutKey" }>> => ({
  output,
  changes: [{ _tag: "PutKey", before, record }]
})

/** What `load` and `decide` may ask of. */
export type Services = Crypto | KeyMaterials | RootKey | Carried

/** What `decide` is given. */
export interface Request<Input, Records> extends Asked {
  readonly input: Input
  readonly records: Records
  /** The state that the lifecycle table moves the operation's first key to. */
  readonly nextState: KeyState
}

/**
 * One operation of the KMS API.
 *
 * The interpreter goes through it in this order, which is the order in which errors show: input, recipient, load,
 * permissions, states, decide, dry run. What an operation with a `Recipient` among its members need not do anything about:
 * the interpreter has the attestation verified, puts its condition keys to the policies, and seals the reply.
 */
export interface Operation<
  out Name extends string = string,
  out Input extends Schema.ConstraintDecoder<object> = Schema.ConstraintDecoder<object>,
  out Output extends Schema.Constraint = Schema.Constraint,
  out Records = unknown,
  out LoadE = unknown,
  out States extends Row | undefined = Row | undefined,
  out DecideE = unknown,
  out Change extends RecordChange = RecordChange
> {
  readonly name: Name
  /** The IAM actions that `permissions` can ask for, such as `kms:Encrypt`. */
  readonly actions: ReadonlyArray<string>
  /** Whether it leaves every record as it was. */
  readonly readOnly: boolean
  /** What a request must be. Unknown members are ignored, as AWS ignores them. */
  readonly input: Input
  /** What a reply is; `Schema.Void` for those that have nothing to say. */
  readonly output: Output
  /** Its row of the lifecycle table; undefined if it is about no existing key. */
  readonly states: States
  /** Whether GetKeyLastUsage tells of it: of each key that it was about, when it succeeded. */
  readonly countsAsUse?: true
  /** Loads what it decides on. */
  load(input: Input["Type"], find: Find, asked: Asked): Effect.Effect<Records, LoadE, Services>
  /** The keys that the lifecycle table guards, the one whose state moves first. */
  guards(records: Records): ReadonlyArray<LoadedKey>
  /** All that the caller must be allowed to do. */
  permissions(input: Input["Type"], records: Records, asked: Asked): ReadonlyArray<Permission>
  /** The condition keys that it adds to those of the key and the caller. */
  conditions?(input: Input["Type"], records: Records, permission: Permission): Conditions
  /** Computes reply and changes; writes nothing. */
  decide(
    request: Request<Input["Type"], Records>
  ): Effect.Effect<Decision<Output["Type"], Change>, DecideE, Services>
}

/** Gives the operation its precise type. */
export const operation = <
  const Name extends string,
  Input extends Schema.ConstraintDecoder<object>,
  Output extends Schema.Constraint,
  Records,
  LoadE,
  const States extends Row | undefined,
  DecideE,
  Change extends RecordChange = never
>(
  value: Operation<Name, Input, Output, Records, LoadE, States, DecideE, Change>
): Operation<Name, Input, Output, Records, LoadE, States, DecideE, Change> => value

/** What most operations load: one key. */
export interface OneKey {
  readonly key: LoadedKey
}

/** What an operation loads that decides on a key's aliases as well. */
export interface KeyWithAliases extends OneKey {
  readonly aliases: ReadonlyArray<Slot<AliasRecord>>
}

/** Loading, guarding and permitting for an operation about one key, named by the input's KeyId. */
export const aboutKey = (action: string, options: Omit<NamedKey, "action">) => ({
  actions: [action],
  load: (input: { readonly KeyId: string }, find: Find) =>
    Effect.map(find.key(input.KeyId, { ...options, action }), (key): OneKey => ({ key })),
  guards: (records: OneKey) => [records.key],
  permissions: (_input: object, records: OneKey): ReadonlyArray<Permission> => [{ action, resource: records.key }]
})

/** Permitting for an operation about the account as a whole. */
export const aboutAccount = (action: string) => ({
  actions: [action],
  guards: () => [],
  permissions: (): ReadonlyArray<Permission> => [{ action, resource: "*" }]
})

// --- The error channel ---

/** A grant token can be wrong only where one can be given. */
export type InputErrors<Input> = Input extends { readonly GrantTokens?: unknown } ? InvalidGrantTokenException : never
/** Attestation is believed only where the host says whose. */
export type RecipientErrors<Input> = Input extends { readonly Recipient?: unknown } ? UnsupportedOperationException
  : never
/** A dry run ends in an error only where one can be asked for. */
export type DryRunErrors<Input> = Input extends { readonly DryRun?: unknown } ? DryRunOperationException : never
/** What the key's state can refuse, by the rows of the lifecycle table that the operation asks. */
export type StateErrors<States> = States extends Row ? RowError<States> : never
/** A commit can fail only where something is changed. */
export type CommitErrors<Change> = [Change] extends [never] ? never : StorageError | DependencyTimeoutException

/** Exactly the errors that an operation can give. */
export type ErrorOf<Op> = Op extends Operation<
  string,
  infer Input,
  Schema.Constraint,
  infer _Records,
  infer LoadE,
  infer States,
  infer DecideE,
  infer Change
> ?
    | ValidationException
    | AccessDeniedException
    | InputErrors<Input["Type"]>
    | RecipientErrors<Input["Type"]>
    | DryRunErrors<Input["Type"]>
    | LoadE
    | StateErrors<States>
    | DecideE
    | CommitErrors<Change>
  : never

/** What a request to the operation is. */
export type InputOf<Op extends { readonly input: Schema.Constraint }> = Op["input"]["Type"]

/** What its reply is. */
export type OutputOf<Op extends { readonly output: Schema.Constraint }> = Op["output"]["Type"]
