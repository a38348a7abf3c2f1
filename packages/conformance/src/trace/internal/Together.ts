/** Members of requests that only make sense together: what is given for them in a trace, in place of each by itself. */
import * as Effect from "effect/Effect"
import { type Asking, hints, kinds } from "./Hints.ts"
import type { Exchange, Members } from "./World.ts"
import * as Wrapping from "./Wrapping.ts"

/** What is given; a member that is undefined is left out. */
type Given = Members

const has = (members: ReadonlyArray<string>, ...wanted: ReadonlyArray<string>): boolean =>
  wanted.every((member) => members.includes(member))

const valueOf = (asking: Asking, member: string): unknown => hints[member]?.(asking)

/** A new key: of one of the specs, for something that the spec is for, and from somewhere. */
const newKey = (asking: Asking, exchange: Exchange | undefined): Given => {
  const { dice } = asking
  const MultiRegion = dice.often(40) ? true : undefined
  if (exchange !== undefined) {
    const none = { KeySpec: undefined, KeyUsage: undefined, MultiRegion: undefined }
    return { ...none, Origin: "EXTERNAL_KEY_STORE", XksKeyId: valueOf(asking, "XksKeyId") }
  }
  const kind = dice.often(35) ? undefined : dice.maybe(kinds)
  const KeyUsage = kind === undefined ? undefined : dice.maybe(Object.keys(kind.usages))
  const Origin = dice.often(30) ? "EXTERNAL" : dice.maybe([undefined, "AWS_KMS"])
  const none = { XksKeyId: undefined, CustomKeyStoreId: undefined }
  return { ...none, KeySpec: kind?.keySpec, KeyUsage, Origin, MultiRegion }
}

const dataKey = (asking: Asking): Given => {
  const NumberOfBytes = asking.dice.often(50) ? valueOf(asking, "NumberOfBytes") : undefined
  return { NumberOfBytes, KeySpec: NumberOfBytes === undefined ? asking.dice.pick(["AES_256", "AES_128"]) : undefined }
}

const expiration = (asking: Asking): Given => {
  const ExpirationModel = asking.dice.pick(["KEY_MATERIAL_DOES_NOT_EXPIRE", "KEY_MATERIAL_EXPIRES"])
  return {
    ExpirationModel,
    ValidTo: ExpirationModel === "KEY_MATERIAL_EXPIRES" ? valueOf(asking, "ValidTo") : undefined
  }
}

/** A proxy that can be reached; now and then one within a network of AWS's, which there is not. */
const proxy = (asking: Asking, whole: boolean): Given =>
  Object.fromEntries(
    ["CustomKeyStoreType", "XksProxyConnectivity", "XksProxyUriEndpoint", "XksProxyUriPath"]
      .concat("XksProxyAuthenticationCredential", "NewCustomKeyStoreName")
      .map((member) => [member, whole || asking.dice.often(40) ? valueOf(asking, member) : undefined])
  )

const oneStore = (asking: Asking): Given => ({
  [asking.dice.pick(["CustomKeyStoreId", "CustomKeyStoreName"])]: undefined
})

const aboutGrant = (asking: Asking, exchange: Exchange | undefined): Given => {
  const byToken = asking.dice.often(40)
  return {
    GrantToken: byToken ? exchange?.reply["GrantToken"] : undefined,
    KeyId: byToken ? undefined : exchange?.input["KeyId"],
    GrantId: byToken ? undefined : exchange?.reply["GrantId"]
  }
}

/** What goes together in requests that have these members. */
export const together = (asking: Asking, members: ReadonlyArray<string>, exchange: Exchange | undefined): Given => ({
  ...(has(members, "KeyUsage", "KeySpec", "Origin")
    ? { ...newKey(asking, exchange), CustomerMasterKeySpec: undefined }
    : {}),
  ...(has(members, "NumberOfBytes", "KeySpec") ? dataKey(asking) : {}),
  ...(has(members, "NumberOfBytes") && !has(members, "KeySpec")
    ? { NumberOfBytes: valueOf(asking, "NumberOfBytes"), CustomKeyStoreId: undefined }
    : {}),
  ...(has(members, "ExpirationModel", "ValidTo") ? expiration(asking) : {}),
  ...(has(members, "XksProxyUriPath") ? proxy(asking, has(members, "CustomKeyStoreType")) : {}),
  ...(has(members, "GrantId", "GrantToken") ? aboutGrant(asking, exchange) : {}),
  ...(has(members, "Operations", "GranteePrincipal") ? { GranteePrincipal: valueOf(asking, "GranteePrincipal") } : {}),
  ...(has(members, "CustomKeyStoreId", "CustomKeyStoreName") ? oneStore(asking) : {}),
  ...(has(members, "RetiringPrincipal") && !has(members, "Operations")
    ? { RetiringPrincipal: valueOf(asking, "RetiringPrincipal") }
    : {})
})

/** What only an earlier call can have made, and what that call was about. */
const madeBefore = ["CiphertextBlob", "Signature", "Mac", "SharedSecretCiphertextBlob", "ImportToken"]
  .concat("GrantId", "CustomKeyStoreId")
const heldAs: Readonly<Record<string, ReadonlyArray<string>>> = {
  CiphertextBlob: ["CiphertextBlob", "PrivateKeyCiphertextBlob"]
}

/** Whether the exchange's key can still be asked, as far as is known: one that waits for its import, to import. */
const isUsable = ({ key, reply }: Exchange): boolean => {
  const state = key?.metadata["KeyState"]
  return state === undefined || state === "Enabled" || ("ImportToken" in reply && state === "PendingImport")
}

/** The exchange that a request with these members goes on from, if it goes on from one. */
export const before = ({ dice, world }: Asking, members: ReadonlyArray<string>): Exchange | undefined => {
  const wanted = madeBefore.find((member) => members.includes(member))
  const seldom = has(members, "XksKeyId") || has(members, "NumberOfBytes") ? 86 : 8
  if (wanted === undefined || dice.often(seldom)) return undefined
  const all = (heldAs[wanted] ?? [wanted]).flatMap((member) => world.held.get(member) ?? [])
  return (dice.often(85) ? dice.maybe(all.filter(isUsable)) : undefined) ?? dice.maybe(all)
}

const notAgain = ["DryRun", "GrantTokens", "Recipient", "Limit", "Marker", "KeyMaterialId", "GranteePrincipal"]

/** A ciphertext's context is that which it was encrypted in. */
const contextOf = ({ input }: Exchange): unknown => input["DestinationEncryptionContext"] ?? input["EncryptionContext"]

/** The members that the exchange has for the request. */
export const goingOn = (exchange: Exchange, members: ReadonlyArray<string>): Given => {
  const { input, reply } = exchange
  const given: Record<string, unknown> = {}
  for (const member of members) {
    const name = member.replace(/^Source/, "")
    const value = reply[name] ?? input[name]
    if (!notAgain.includes(member) && value !== undefined) given[member] = value
  }
  const blob = reply["CiphertextBlob"] ?? reply["PrivateKeyCiphertextBlob"]
  if (blob === undefined || !members.includes("CiphertextBlob")) return given
  const context = members.includes("EncryptionContext") ? "EncryptionContext" : "SourceEncryptionContext"
  return { ...given, CiphertextBlob: blob, [context]: contextOf(exchange) }
}

/** Key material for the key, new or what was imported into it before. */
const materialFor = ({ dice, key, world }: Asking) => {
  const known = dice.often(50) ? dice.maybe(world.materials.get(key?.arn ?? "") ?? []) : undefined
  if (known !== undefined) return Effect.succeed(known)
  const kind = kinds.find(({ keySpec }) => keySpec === key?.metadata["KeySpec"])
  return kind === undefined ? world.outside.randomBytes(32) : Effect.map(kind.generate, ({ bytes }) => bytes)
}

/** Material for the parameters that the exchange gave, wrapped. */
export const wrapped = Effect.fnUntraced(function*(asking: Asking, { input, reply }: Exchange) {
  const publicKey = reply["PublicKey"]
  if (!(publicKey instanceof Uint8Array)) return {}
  const material = yield* materialFor(asking)
  const { key, world } = asking
  if (key !== undefined) world.materials.set(key.arn, [...(world.materials.get(key.arn) ?? []).slice(-2), material])
  const modulusLength = Number(String(input["WrappingKeySpec"]).slice("RSA_".length)) / 8
  const hybrid = String(input["WrappingAlgorithm"]).startsWith("RSA_AES_")
  const seal = hybrid ? Wrapping.sealHybrid : Wrapping.seal
  return { EncryptedKeyMaterial: yield* seal(publicKey, material, modulusLength) }
})
