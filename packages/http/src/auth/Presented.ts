/**
 * A signature as a request presents it: in the Authorization header, or in the query of a presigned request. It is only
 * read here, and proves nothing yet.
 *
 * Source: AWS IAM user guide, "Elements of an AWS API request signature".
 */
import * as Result from "effect/Result"
import type { Incoming } from "../Incoming.ts"
import { type Refused, refused } from "../Refused.ts"

/** How a request is signed. */
export type SigningVersion = "AWS4-HMAC-SHA256" | "AWS4-ECDSA-P256-SHA256"

/** The parts of a signature. */
export interface Presented {
  readonly version: SigningVersion
  readonly accessKeyId: string
  /** Eight digits: the day of the credential scope. */
  readonly day: string
  /** The Region of the scope; for version 4A those of X-Amz-Region-Set, and `*` for all. */
  readonly regions: ReadonlyArray<string>
  /** What follows the access key: `20261124/eu-west-1/kms/aws4_request`, without the Region for version 4A. */
  readonly scope: string
  /** In lower case, in their order. */
  readonly signedHeaders: ReadonlyArray<string>
  /** Hexadecimal digits. */
  readonly signature: string
  /** As it is signed: `20261124T103000Z`. */
  readonly date: string
  /** How long a presigned request holds, in seconds; undefined for others. */
  readonly expires: number | undefined
  readonly sessionToken: string | undefined
}

const service = "kms"
const terminator = "aws4_request"

const incomplete = (message: string) => Result.fail(refused("IncompleteSignatureException", message))

const isVersion = (text: string): text is SigningVersion =>
  text === "AWS4-HMAC-SHA256" || text === "AWS4-ECDSA-P256-SHA256"

/** The raw texts of the parts, wherever they stand. */
interface Parts {
  readonly version: SigningVersion
  readonly credential: string | undefined
  readonly signedHeaders: string | undefined
  readonly signature: string | undefined
  readonly date: string | undefined
  readonly regionSet: string | undefined
  readonly expires: string | undefined
  readonly sessionToken: string | undefined
}

/** The fields of an Authorization header, `NAME=VALUE` with commas between them, by their names. The last one counts. */
const fieldOf = (text: string) => {
  const fields = text.split(",").map((field) => field.trim())
  return (name: string): string | undefined => {
    const found = fields.findLast((field) => field.startsWith(name) && field[name.length] === "=")
    return found?.slice(name.length + 1).trim()
  }
}

const fromHeader = (request: Incoming, text: string): Result.Result<Parts, Refused> => {
  const space = text.indexOf(" ")
  const version = text.slice(0, space)
  if (!isVersion(version)) {
    return incomplete("The Authorization header must begin with AWS4-HMAC-SHA256 or AWS4-ECDSA-P256-SHA256.")
  }
  const field = fieldOf(text.slice(space + 1))
  return Result.succeed({
    version,
    credential: field("Credential"),
    signedHeaders: field("SignedHeaders"),
    signature: field("Signature"),
    date: request.header("x-amz-date"),
    regionSet: request.header("x-amz-region-set"),
    expires: undefined,
    sessionToken: request.header("x-amz-security-token")
  })
}

const fromQuery = (query: URLSearchParams, algorithm: string): Result.Result<Parts, Refused> => {
  const value = (name: string) => query.get(name) ?? undefined
  if (!isVersion(algorithm)) {
    return incomplete("X-Amz-Algorithm must be AWS4-HMAC-SHA256 or AWS4-ECDSA-P256-SHA256.")
  }
  if (value("X-Amz-Expires") === undefined) return incomplete("A presigned request needs X-Amz-Expires.")
  return Result.succeed({
    version: algorithm,
    credential: value("X-Amz-Credential"),
    signedHeaders: value("X-Amz-SignedHeaders"),
    signature: value("X-Amz-Signature"),
    date: value("X-Amz-Date"),
    regionSet: value("X-Amz-Region-Set"),
    expires: value("X-Amz-Expires"),
    sessionToken: value("X-Amz-Security-Token")
  })
}

const partsOf = (request: Incoming): Result.Result<Parts, Refused> => {
  const header = request.header("authorization")
  if (header !== undefined) return fromHeader(request, header)
  const query = new URLSearchParams(request.query)
  const algorithm = query.get("X-Amz-Algorithm")
  return algorithm === null
    ? Result.fail(refused("MissingAuthenticationTokenException", "Missing Authentication Token"))
    : fromQuery(query, algorithm)
}

/** The credential scope, taken apart. */
const scopeOf = (version: SigningVersion, credential: string, regionSet: string | undefined) => {
  const [accessKeyId = "", ...rest] = credential.split("/")
  const asymmetric = version === "AWS4-ECDSA-P256-SHA256"
  const [day = "", ...after] = rest
  const regions = asymmetric ? regionSet?.split(",").map((region) => region.trim()) : after.slice(0, 1)
  const [named, ended, more] = asymmetric ? after : after.slice(1)
  const complete = accessKeyId !== "" && /^\d{8}$/.test(day) && regions !== undefined && regions.every(Boolean) &&
    named === service && ended === terminator && more === undefined
  return complete ? { accessKeyId, day, regions, scope: rest.join("/") } : undefined
}

const dateForm = /^\d{8}T\d{6}Z$/
/** RFC 9110's token, in lower case. */
const headerForm = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
const signatureForm = /^[0-9a-f]+$/
const mostSeconds = 7 * 24 * 60 * 60

const expiresOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN

/**
 * Reads the signature that a request presents. MissingAuthenticationTokenException if it presents none,
 * IncompleteSignatureException if a part is missing or has not its form, or if the scope is not one of KMS.
 */
export const read = (request: Incoming): Result.Result<Presented, Refused> =>
  Result.flatMap(partsOf(request), (parts) => {
    const { credential, date, regionSet, sessionToken, signature, signedHeaders, version } = parts
    if (credential === undefined) return incomplete("The signature lacks its Credential.")
    if (signedHeaders === undefined || signedHeaders === "") return incomplete("The signature lacks its SignedHeaders.")
    const names = signedHeaders.toLowerCase().split(";")
    if (!names.every((name) => headerForm.test(name))) return incomplete("SignedHeaders must be names of headers.")
    if (signature === undefined || !signatureForm.test(signature)) {
      return incomplete("The signature lacks its Signature.")
    }
    if (date === undefined || !dateForm.test(date)) {
      return incomplete("The signature lacks its date: X-Amz-Date must have the form 20261124T103000Z.")
    }
    const scope = scopeOf(version, credential, regionSet)
    if (scope === undefined || !date.startsWith(scope.day)) {
      return incomplete(
        "Credential must have the form ACCESS_KEY_ID/YYYYMMDD/REGION/kms/aws4_request, with the day of X-Amz-Date; for "
          + "AWS4-ECDSA-P256-SHA256 without the Region, which X-Amz-Region-Set then tells."
      )
    }
    const expires = expiresOf(parts.expires)
    if (expires !== undefined && !(expires >= 1 && expires <= mostSeconds)) {
      return incomplete(`X-Amz-Expires must be 1 to ${mostSeconds}.`)
    }
    return Result.succeed({
      ...scope,
      version,
      signedHeaders: names,
      signature,
      date,
      expires,
      sessionToken
    })
  })

/** The Region of a request's credential scope, whoever signed it, if it has one. */
export const scopedRegion = (request: Incoming): string | undefined => {
  const presented = read(request)
  const region = Result.isSuccess(presented) ? presented.success.regions[0] : undefined
  return region === "*" ? undefined : region
}
