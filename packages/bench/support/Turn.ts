/** One turn of all operations with one key of a store, each timed by itself. */
import type { Client } from "@keystead/core/Client"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { fromBytes } from "@keystead/core/crypto/SecretRootKey"
import * as Page from "@keystead/core/domain/Page"
import type { Kms } from "@keystead/core/Kms"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"
import { aliasOf, place } from "./Filling.ts"
import { secret } from "./Populate.ts"

/** What a turn is about. */
export interface Turn {
  readonly kms: Kms["Service"]
  readonly client: Client
  readonly keyId: string
  /** Another key, to which an alias moves and under which ciphertexts are made anew. */
  readonly other: string
  /** Where pages of keys and of aliases begin: after the first key of those that turns are taken with, and its alias. */
  readonly pages: Readonly<Record<"ListKeys" | "ListAliases", Start>>
  /** A ciphertext under the key. */
  readonly blob: Uint8Array
  /** Tells this turn from all others. */
  readonly number: number
}

/** Where a page begins. */
interface Start {
  readonly Marker?: string
}

type Call = (turn: Turn) => Effect.Effect<unknown, unknown>

const plaintext = new Uint8Array(32)
const own = ({ number }: Turn) => `alias/turn/${number}`
const tag = { TagKey: "turn", TagValue: "1" }
const policy = (turn: Turn) =>
  JSON.stringify({
    Version: "2012-10-17",
    Id: `turn-${turn.number}`,
    Statement: [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kms:*", Resource: "*" }]
  })

/** Every operation of the registry, some in two ways. What one changes, a later one changes back, where it can be. */
export const calls: Readonly<Record<string, Call>> = {
  "DescribeKey": ({ client, keyId }) => client.describeKey({ KeyId: keyId }),
  "DescribeKey, by alias": ({ client, keyId }) => client.describeKey({ KeyId: aliasOf(keyId) }),
  "GenerateDataKey": ({ client, keyId }) => client.generateDataKey({ KeyId: keyId, KeySpec: "AES_256" }),
  "GenerateDataKeyWithoutPlaintext": ({ client, keyId }) =>
    client.generateDataKeyWithoutPlaintext({ KeyId: keyId, KeySpec: "AES_256" }),
  "GenerateRandom": ({ client }) => client.generateRandom({ NumberOfBytes: 32 }),
  "Encrypt": ({ client, keyId }) => client.encrypt({ KeyId: keyId, Plaintext: plaintext }),
  "Encrypt, by alias": ({ client, keyId }) => client.encrypt({ KeyId: aliasOf(keyId), Plaintext: plaintext }),
  "Decrypt": ({ blob, client }) => client.decrypt({ CiphertextBlob: blob }),
  "ReEncrypt": ({ blob, client, other }) => client.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: other }),
  "GetKeyPolicy": ({ client, keyId }) => client.getKeyPolicy({ KeyId: keyId }),
  "PutKeyPolicy": (turn) => turn.client.putKeyPolicy({ KeyId: turn.keyId, Policy: policy(turn) }),
  "ListKeyPolicies": ({ client, keyId }) => client.listKeyPolicies({ KeyId: keyId }),
  "ListKeys, a page of 100": ({ client, pages }) => client.listKeys({ ...pages.ListKeys, Limit: 100 }),
  "ListAliases, a page of 50": ({ client, pages }) => client.listAliases(pages.ListAliases),
  "ListAliases, of a key": ({ client, keyId }) => client.listAliases({ KeyId: keyId }),
  "CreateKey": ({ client }) => client.createKey({ Description: "One more" }),
  "UpdateKeyDescription": ({ client, keyId, number }) =>
    client.updateKeyDescription({ KeyId: keyId, Description: `Of turn ${number}` }),
  "CreateAlias": (turn) => turn.client.createAlias({ AliasName: own(turn), TargetKeyId: turn.keyId }),
  "UpdateAlias": (turn) => turn.client.updateAlias({ AliasName: own(turn), TargetKeyId: turn.other }),
  "DeleteAlias": (turn) => turn.client.deleteAlias({ AliasName: own(turn) }),
  "TagResource": ({ client, keyId }) => client.tagResource({ KeyId: keyId, Tags: [tag] }),
  "ListResourceTags": ({ client, keyId }) => client.listResourceTags({ KeyId: keyId }),
  "UntagResource": ({ client, keyId }) => client.untagResource({ KeyId: keyId, TagKeys: [tag.TagKey] }),
  "EnableKeyRotation": ({ client, keyId, number }) =>
    client.enableKeyRotation({ KeyId: keyId, RotationPeriodInDays: 90 + number % 2000 }),
  "GetKeyRotationStatus": ({ client, keyId }) => client.getKeyRotationStatus({ KeyId: keyId }),
  "DisableKeyRotation": ({ client, keyId }) => client.disableKeyRotation({ KeyId: keyId }),
  "RotateKeyOnDemand": ({ client, keyId }) => client.rotateKeyOnDemand({ KeyId: keyId }),
  "ListKeyRotations": ({ client, keyId }) => client.listKeyRotations({ KeyId: keyId }),
  "DisableKey": ({ client, keyId }) => client.disableKey({ KeyId: keyId }),
  "ScheduleKeyDeletion": ({ client, keyId }) => client.scheduleKeyDeletion({ KeyId: keyId }),
  "CancelKeyDeletion": ({ client, keyId }) => client.cancelKeyDeletion({ KeyId: keyId }),
  "EnableKey": ({ client, keyId }) => client.enableKey({ KeyId: keyId }),
  "maintain, with nothing due": ({ kms }) => kms.maintain
}

/** The page that begins after this name, as the listing itself would have said. */
export const pageAfter = Effect.fnUntraced(function*(operation: string, name: string) {
  const rootKey = yield* fromBytes(secret).obtain({}).pipe(Effect.orDie, Effect.provide(NodeCrypto.layer))
  const { NextMarker } = yield* Effect.provideService(
    Page.ending(Page.listing(operation, place), name),
    RootKey,
    rootKey
  )
  const start: Start = NextMarker === undefined ? {} : { Marker: NextMarker }
  return start
})

/** Nanoseconds of each call, by its name. */
export type Times = Map<string, Array<number>>

const timed = Effect.fnUntraced(function*(name: string, call: Effect.Effect<unknown, unknown>, times: Times) {
  const start = process.hrtime.bigint()
  yield* call
  const took = Number(process.hrtime.bigint() - start)
  const sofar = times.get(name)
  if (sofar === undefined) times.set(name, [took])
  else sofar.push(took)
})

/** Makes the calls, one after another in one fiber, and puts down how long each took. */
export const take = (turn: Turn, of: Readonly<Record<string, Call>>, times: Times): Effect.Effect<void> =>
  Effect.forEach(Object.entries(of), ([name, call]) => timed(name, call(turn), times), { discard: true }).pipe(
    Effect.orDie
  )
