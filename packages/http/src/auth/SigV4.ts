/**
 * Signature Version 4 and 4A, checked in full: the access key, the session token, the date, the headers that must be
 * signed, and the signature over the canonical request, in a time that does not depend on where it is wrong.
 *
 * A request that was once signed can be sent again for as long as its date holds: five minutes before and after the
 * present, or as long as a presigned one says. Nothing remembers requests, as AWS KMS does not; whoever can read requests
 * can do that, which is what TLS is for.
 *
 * Source: AWS IAM user guide, "AWS Signature Version 4 for API requests".
 */
import { constantTimeEquals } from "@keystead/core/crypto/ConstantTime"
import * as Utf8 from "@keystead/core/Utf8"
import { hexToBytes } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import type { Incoming } from "../Incoming.ts"
import { type Refused, refused } from "../Refused.ts"
import { type Authenticate, isRegion, otherRegion } from "./Authenticate.ts"
import * as CanonicalRequest from "./CanonicalRequest.ts"
import type { Credential, Credentials } from "./Credentials.ts"
import { type Hashes, nobleHashes } from "./Hashes.ts"
import * as Presented from "./Presented.ts"
import { symmetricKey } from "./SigningKeys.ts"

/** How signatures are checked. */
export interface SigV4Options {
  readonly credentials: Credentials
  /** The Regions that answer; all, if none are named. */
  readonly regions?: ReadonlyArray<string>
  /** The Region for a version 4A signature that holds for all; `us-east-1` by default. */
  readonly defaultRegion?: string
  readonly hashes?: Hashes
  /** The present, in milliseconds since 1970: the host's clock, since it is the clients' clocks that it is held against. */
  readonly now?: () => number
}

const tolerance = 5 * 60 * 1000

const mismatch = () =>
  refused(
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
      + "and signing method. Consult the service documentation for details."
  )

const unknownClient = () =>
  refused("UnrecognizedClientException", "The security token included in the request is invalid.")

const expired = () => refused("ExpiredTokenException", "The security token included in the request is expired")

/** `20261124T103000Z` in milliseconds since 1970. */
const millisOf = (date: string): number => {
  const part = (from: number, to: number) => Number(date.slice(from, to))
  return Date.UTC(part(0, 4), part(4, 6) - 1, part(6, 8), part(9, 11), part(11, 13), part(13, 15))
}

const checkDate = ({ date, expires }: Presented.Presented, now: number): Refused | undefined => {
  const signed = millisOf(date)
  if (signed > now + tolerance) {
    return refused("InvalidSignatureException", `Signature not yet current: ${date} is more than 5 minutes from now.`)
  }
  const until = expires === undefined ? signed + tolerance : signed + expires * 1000
  return now > until
    ? refused("InvalidSignatureException", `Signature expired: ${date} is too long ago. Check the client's clock.`)
    : undefined
}

/** The headers that say what is asked of whom: unsigned, they could be another's words. */
const checkSignedHeaders = (
  { expires, signedHeaders }: Presented.Presented,
  request: Incoming
): Refused | undefined => {
  const needed = expires === undefined ? ["host", "x-amz-date", "x-amz-target"] : ["host", "x-amz-target"]
  const missing = needed.find((name) => request.header(name) !== undefined && !signedHeaders.includes(name))
  return missing === undefined
    ? undefined
    : refused("IncompleteSignatureException", `'${missing}' must be a signed header.`)
}

const sameText = (left: string, right: string): boolean => constantTimeEquals(Utf8.encode(left), Utf8.encode(right))

/** Whether a token is the one that belongs to the access key; most have none. */
const sameToken = (expected: string | undefined, token: string | undefined): boolean =>
  expected === undefined ? token === undefined || token === "" : sameText(expected, token ?? "")

const holds = (credential: Credential | undefined, token: string | undefined): credential is Credential =>
  credential !== undefined && sameToken(credential.sessionToken, token)

/** Keys that were derived, by what they were derived from; the oldest leaves. */
const mostKeys = 1000

const remembering = (derive: (credential: Credential, presented: Presented.Presented) => Uint8Array) => {
  const known = new Map<string, { readonly secret: string; readonly key: Uint8Array }>()
  return (credential: Credential, presented: Presented.Presented): Uint8Array => {
    const id = `${presented.version}/${credential.accessKeyId}/${presented.scope}`
    const found = known.get(id)
    if (found !== undefined && found.secret === credential.secretAccessKey) return found.key
    const key = derive(credential, presented)
    known.delete(id)
    known.set(id, { secret: credential.secretAccessKey, key })
    for (const oldest of known.keys()) {
      if (known.size <= mostKeys) break
      known.delete(oldest)
    }
    return key
  }
}

const verifySymmetric = (key: Uint8Array, toSign: Uint8Array, signature: string, hashes: Hashes): boolean =>
  signature.length === 64 && constantTimeEquals(hashes.hmacSha256(key, toSign), hexToBytes(signature))

/** What is signed. The hash of the body is part of it, whatever X-Amz-Content-Sha256 says. */
const stringToSign = (request: Incoming, presented: Presented.Presented, hashes: Hashes): Uint8Array => {
  const hash = CanonicalRequest.hashOf(request, presented.signedHeaders, hashes)
  return Utf8.encode(`${presented.version}\n${presented.date}\n${presented.scope}\n${hash}`)
}

/** The Region that is to answer: the scope's own, or for version 4A, whose Regions may be patterns, the first that may. */
const regionOf = (
  { regions: asked, version }: Presented.Presented,
  { defaultRegion = "us-east-1", regions }: SigV4Options
): string | undefined => {
  const may = (region: string): boolean => isRegion(region) && (regions === undefined || regions.includes(region))
  // Such as `us-*`.
  const covers = (pattern: string): boolean => pattern.endsWith("*") && defaultRegion.startsWith(pattern.slice(0, -1))
  const named = version === "AWS4-HMAC-SHA256"
    ? asked
    : asked.map((region) => covers(region) ? defaultRegion : region)
  return named.find(may)
}

/** How signatures of one version are checked. */
interface Scheme {
  readonly keyOf: (credential: Credential, presented: Presented.Presented) => Uint8Array
  readonly verify: (key: Uint8Array, toSign: Uint8Array, signature: string, hashes: Hashes) => boolean
}

/** Callers by their signatures. */
export const sigV4 = (options: SigV4Options): Authenticate => {
  const { credentials, hashes = nobleHashes, now = Date.now } = options
  const symmetric: Scheme = {
    keyOf: remembering(({ secretAccessKey }, { scope }) => symmetricKey(secretAccessKey, scope, hashes)),
    verify: verifySymmetric
  }
  let asymmetric: Scheme | undefined
  const loadAsymmetric = Effect.promise(async (): Promise<Scheme> => {
    const { asymmetricKey, verify } = await import("./Asymmetric.ts")
    return asymmetric ??= {
      keyOf: remembering(({ accessKeyId, secretAccessKey }) => asymmetricKey(accessKeyId, secretAccessKey, hashes)),
      verify
    }
  })

  const schemeOf = ({ version }: Presented.Presented): Effect.Effect<Scheme> =>
    version === "AWS4-HMAC-SHA256"
      ? Effect.succeed(symmetric)
      : asymmetric === undefined
      ? loadAsymmetric
      : Effect.succeed(asymmetric)

  const isSigned = (
    request: Incoming,
    presented: Presented.Presented,
    credential: Credential
  ): Effect.Effect<boolean> =>
    Effect.map(schemeOf(presented), ({ keyOf, verify }) => {
      const toSign = stringToSign(request, presented, hashes)
      return verify(keyOf(credential, presented), toSign, presented.signature, hashes)
    })

  return Effect.fnUntraced(function*(request: Incoming) {
    const presented = yield* Effect.fromResult(Presented.read(request))
    const time = now()
    const problem = checkDate(presented, time) ?? checkSignedHeaders(presented, request)
    if (problem !== undefined) return yield* problem
    const credential = yield* credentials(presented.accessKeyId)
    if (!holds(credential, presented.sessionToken)) return yield* unknownClient()
    if (!(yield* isSigned(request, presented, credential))) return yield* mismatch()
    // Told to nobody but who holds the key: it is how SDKs know that they must fetch new credentials.
    if ((credential.expires ?? Infinity) <= time) return yield* expired()
    const region = regionOf(presented, options)
    if (region === undefined) return yield* otherRegion(options.regions)
    return { caller: credential.caller, region }
  })
}
