/** Keys of several Regions in tests: where they are, and what is told of them there. */
import type { Client } from "@keystead/core/Client"
import * as Effect from "effect/Effect"
import { account, createKey, makeWorld, region, root, type World } from "../support/World.ts"

/** The Regions of the tests; keys are made in the first. */
export const regions = [region, "us-east-1", "ap-southeast-2"] as const

export const [home, abroad, far] = regions

/** The account's root, in a Region. */
export const at = (world: World, where: string): Client => world.as(root, where)

export const arnAt = (where: string, keyId: string): string => `arn:aws:kms:${where}:${account}:key/${keyId}`

/** A world with a multi-Region key, replicated to these Regions. */
export const replicated = Effect.fnUntraced(function*(
  where: ReadonlyArray<string>,
  options: Parameters<typeof makeWorld>[0] = {},
  input: Parameters<Client["createKey"]>[0] = {}
) {
  const world = yield* makeWorld(options)
  const KeyId = yield* createKey(world.root, { ...input, MultiRegion: true })
  for (const ReplicaRegion of where) yield* world.root.replicateKey({ KeyId, ReplicaRegion })
  return { world, KeyId, in: (region: string) => at(world, region) }
})

/** The metadata of the key in a Region. */
export const metadata = (client: Client, KeyId: string) =>
  Effect.map(client.describeKey({ KeyId }), ({ KeyMetadata }) => KeyMetadata)

/** How a call fails. */
export const failure = <A>(call: Effect.Effect<A, { readonly _tag: string; readonly message: string }>) =>
  Effect.map(Effect.flip(call), ({ _tag, message }) => `${_tag}: ${message}`)
