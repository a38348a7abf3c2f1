/** Keys of every spec that there is in pure JavaScript, for everything that they can be for. */
import type { Client } from "@keystead/core/Client"
import type { KeySpec, KeyUsage } from "@keystead/core/domain/Specs"
import * as Effect from "effect/Effect"
import { kindOf, nobleKinds } from "./Kinds.ts"

/** A KMS key that is there, and what it is. */
export interface Made {
  readonly keySpec: KeySpec
  readonly keyUsage: KeyUsage
  readonly keyId: string
  readonly arn: string
}

/** A spec with one of its usages. */
export type Use = Pick<Made, "keySpec" | "keyUsage">

const usages: ReadonlyArray<KeyUsage> = [
  "SIGN_VERIFY",
  "ENCRYPT_DECRYPT",
  "GENERATE_VERIFY_MAC",
  "KEY_AGREEMENT",
  "ENCAPSULATE_DECAPSULATE"
]

/** Every spec with each of its usages, the symmetric one among them. */
export const uses: ReadonlyArray<Use> = [
  { keySpec: "SYMMETRIC_DEFAULT", keyUsage: "ENCRYPT_DECRYPT" },
  ...nobleKinds.flatMap(({ keySpec, usages: possible }) =>
    usages.filter((keyUsage) => possible[keyUsage] !== undefined).map((keyUsage) => ({ keySpec, keyUsage }))
  )
]

/** Those that are for one thing. */
export const usesFor = (wanted: KeyUsage): ReadonlyArray<Use> => uses.filter(({ keyUsage }) => keyUsage === wanted)

/** The algorithms of keys of the spec for the usage. */
export const algorithmsOf = ({ keySpec, keyUsage }: Use): ReadonlyArray<string> =>
  keySpec === "SYMMETRIC_DEFAULT" ? ["SYMMETRIC_DEFAULT"] : kindOf(nobleKinds, keySpec).usages[keyUsage] ?? []

/** Makes a key for the use. */
export const makeKey = Effect.fnUntraced(function*(client: Client, { keySpec, keyUsage }: Use) {
  const { KeyMetadata } = yield* client.createKey({ KeySpec: keySpec, KeyUsage: keyUsage })
  const made: Made = { keySpec, keyUsage, keyId: KeyMetadata?.KeyId ?? "", arn: KeyMetadata?.Arn ?? "" }
  return made
})

/** Makes a key for every use. */
export const makeEveryKey = (client: Client) => Effect.forEach(uses, (use) => makeKey(client, use))
