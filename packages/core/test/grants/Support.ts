/** A key that nobody may use but by grants, and what its tests share. */
import type { Client } from "@keystead/core/Client"
import type { Caller } from "@keystead/core/domain/Caller"
import * as Effect from "effect/Effect"
import { bytes, createKey, makeWorld, otherAccount, region, user } from "../support/World.ts"

/** What CreateGrant takes, but for the key. */
export type Wanted = Omit<Parameters<Client["createGrant"]>[0], "KeyId">

/** The ARN of an account's root. */
export const rootOf = (account: string): string => `arn:aws:iam::${account}:root`

/** Those to whom grants are made. */
export const [ada, bob, stranger] = [user("ada"), user("bob"), user("eve", otherAccount)]

/** A world with a symmetric key: its policy lets the account's root do everything, and nobody else anything. */
export const withKey = Effect.fnUntraced(function*(options: Parameters<typeof makeWorld>[0] = {}) {
  const world = yield* makeWorld(options)
  const KeyId = yield* createKey(world.root)
  const { CiphertextBlob = bytes("") } = yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
  const { KeyMetadata } = yield* world.root.describeKey({ KeyId })
  const arn = KeyMetadata?.Arn ?? ""
  const grant = (wanted: Wanted, by: Client = world.root) =>
    Effect.map(
      by.createGrant({ KeyId: arn, ...wanted }),
      ({ GrantId = "", GrantToken = "" }) => ({ GrantId, GrantToken })
    )
  /** How a caller fares with Encrypt. */
  const encrypt = (
    caller: Caller | string,
    more: { EncryptionContext?: Record<string, string>; GrantTokens?: Array<string> } = {}
  ) => outcome(world.as(caller).encrypt({ KeyId: arn, Plaintext: bytes("x"), ...more }))
  return { ...world, KeyId, arn, blob: CiphertextBlob, grant, encrypt }
})

/** `ok`, or the name of the error. */
export const outcome = <A>(call: Effect.Effect<A, { readonly _tag: string }>): Effect.Effect<string> =>
  Effect.match(call, { onFailure: ({ _tag }) => _tag, onSuccess: () => "ok" })

/** A caller that is a service, for a resource. */
export const service = (sourceArn: string): Caller => ({
  principal: rootOf(otherAccount),
  viaService: `dynamodb.${region}.amazonaws.com`,
  sourceArn
})

/** How a refusal is called. */
export const denied = "AccessDeniedException"
