/**
 * A KMS in a Worker of one's own, with the methods and members of the `KMS` class of `@aws-sdk/client-kms`:
 *
 * ```ts
 * export { KeysteadObject } from "@keystead/runtime-cloudflare/KeysteadObject"
 *
 * let kms
 * export default {
 *   async fetch(request, env) {
 *     kms ??= await openKms(env)
 *     …
 *   }
 * }
 * ```
 *
 * One serves all requests of an isolate: it keeps records for them, and when keys were last used. Do not keep its promise, which
 * belongs to the request that it was made in.
 */
import type { D1Database } from "@cloudflare/workers-types"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { checkOf } from "@keystead/core/crypto/RootKeyRecord"
import { RootKeyError } from "@keystead/core/Errors"
import * as Explain from "@keystead/core/Explain"
import { open } from "@keystead/core/facade/Opened"
import * as Facade from "@keystead/core/facade/OpenKms"
import { groups, registry } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type EventRange, readEvents } from "./AuditTrail.ts"
import { type DatabaseEnv, isNamespace, type KeysteadNamespace, type ObjectEnv } from "./Bindings.ts"
import {
  type Beneath,
  type CommonOptions,
  type DatabaseOptions,
  kmsOver,
  type ObjectOptions,
  overDatabase,
  overObjects
} from "./CloudflareKms.ts"
import { nameOf } from "./object/ObjectName.ts"
import { type EventPage, rootKeySecret } from "./object/Question.ts"
import { ask } from "./ObjectStorage.ts"

/** An open Keystead, for one caller. A method rejects with exactly one of the typed errors of `@keystead/core/Errors`. */
export type OpenKms = Facade.OpenKms

/** How to open a Keystead in Durable Objects, and as whom. */
export interface OpenInObjects extends ObjectOptions, Facade.Opener {}

/** How to open a Keystead in a D1 database, and as whom. */
export interface OpenInDatabase extends DatabaseOptions, Facade.Opener {}

type Opened<E> = Layer.Layer<Beneath, E>

const facadeOver = async <E>(beneath: Opened<E>, options: CommonOptions & Facade.Opener): Promise<OpenKms> => {
  const all = Layer.mergeAll(kmsOver(beneath, options), Layer.provide(Explain.layer({ ...options, groups }), beneath))
  const { close, explain, kms } = await open(all)
  const requestId = () => globalThis.crypto.randomUUID()
  return Facade.make({ kms, explain, operations: registry, requestId, close }, options, {})
}

const wrong = () =>
  new RootKeyError({
    reason: "Wrong",
    message: "KEYSTEAD_ROOT_KEY is not the root key that the account's records were made with. Restore that secret."
  })

/** That the account's records, if it has any, are of this root key shows at once. */
const needOwnRootKey = (namespace: KeysteadNamespace, account: string) =>
  Effect.gen(function*() {
    const key = yield* checkOf(yield* RootKey)
    yield* ask(namespace, nameOf(account), { ask: "read", key, ids: [] }).pipe(
      Effect.catchIf((error) => error._tag === "StorageError" && error.place === rootKeySecret, wrong)
    )
  })

const inObjects = async (namespace: KeysteadNamespace, secret: string, options: OpenInObjects): Promise<OpenKms> => {
  const beneath = overObjects(namespace, secret, options)
  const account = options.account ?? Facade.defaults.account
  await Effect.runPromise(Effect.provide(needOwnRootKey(namespace, account), beneath))
  return facadeOver(beneath, options)
}

const inDatabase = async (db: D1Database, secret: string, options: OpenInDatabase): Promise<OpenKms> => {
  // Who keeps records in Durable Objects has no use for it.
  const D1 = await import("@keystead/storage-sql/D1")
  return facadeOver(overDatabase(D1.layer({ db }), secret, options), options)
}

/**
 * Opens a Keystead in the Durable Objects of the binding `KEYSTEAD`, or in the D1 database. Rejects with RootKeyError,
 * "Missing", "Unreadable" or "Wrong", if the secret `KEYSTEAD_ROOT_KEY` is not what it must be; StorageError,
 * RecipientsError.
 *
 * In a D1 database nothing falls due by itself: call `maintain` in the Worker's `scheduled`, once a day.
 */
export function openKms(env: ObjectEnv, options?: OpenInObjects): Promise<OpenKms>
export function openKms(env: DatabaseEnv, options?: OpenInDatabase): Promise<OpenKms>
export async function openKms(
  { KEYSTEAD, KEYSTEAD_ROOT_KEY }: ObjectEnv | DatabaseEnv,
  { audit, ...options }: Facade.Opener & CommonOptions & Pick<OpenInObjects | OpenInDatabase, "audit"> = {}
): Promise<OpenKms> {
  return isNamespace(KEYSTEAD)
    ? inObjects(KEYSTEAD, KEYSTEAD_ROOT_KEY, audit === "required" ? { ...options, audit } : options)
    : inDatabase(KEYSTEAD, KEYSTEAD_ROOT_KEY, typeof audit === "function" ? { ...options, audit } : options)
}

/**
 * For administrators: a page of an account's audit trail in its Durable Object, oldest first; without an account, of the
 * requests that an endpoint's authentication refused.
 */
export const auditEvents = (
  { KEYSTEAD }: Pick<ObjectEnv, "KEYSTEAD">,
  account?: string,
  range: EventRange = {}
): Promise<EventPage> => Effect.runPromise(readEvents(KEYSTEAD, account, range))
