/** The operators' comparisons of numbers, dates, truth values, bytes and addresses. None of them knows policy variables. */
import * as Result from "effect/Result"
import * as Instant from "./Instant.ts"
import * as IpRange from "./IpRange.ts"
import { type Compile, each, type Matcher } from "./Matcher.ts"

/** Reads both sides, and compares what was read. A value of the request that cannot be read fits nothing. */
const comparing = <Policy, Request>(
  options: {
    /** What the policy's value must be, for the error. */
    readonly expected: string
    readonly policy: (text: string) => Policy | undefined
    readonly request: (text: string) => Request | undefined
    readonly fits: (request: Request, policy: Policy) => boolean
  }
): Compile =>
  each((text) => {
    const operand = options.policy(text)
    return operand === undefined
      ? Result.fail(`a value must be ${options.expected}`)
      : Result.succeed<Matcher>((value) => {
        const read = options.request(value)
        return read !== undefined && options.fits(read, operand)
      })
  })

/** How an operator compares: the request's value stands on the left. */
export type Comparison = (request: number, policy: number) => boolean

/** The six comparisons, by the end of their operators' names. */
export const comparisons = {
  Equals: (request, policy) => request === policy,
  LessThan: (request, policy) => request < policy,
  LessThanEquals: (request, policy) => request <= policy,
  GreaterThan: (request, policy) => request > policy,
  GreaterThanEquals: (request, policy) => request >= policy
} satisfies Record<string, Comparison>

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i

const parseNumber = (text: string): number | undefined => {
  if (!decimal.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

/** Compares integers and decimals, as IEEE 754 doubles. */
export const numeric = (fits: Comparison): Compile =>
  comparing({ expected: "a number", policy: parseNumber, request: parseNumber, fits })

/** Compares instants. */
export const date = (fits: Comparison): Compile =>
  comparing({
    expected: "a date such as 2026-01-31T12:00:00Z, or epoch seconds",
    policy: Instant.parse,
    request: Instant.parse,
    fits
  })

const parseBoolean = (text: string): boolean | undefined => {
  const lower = text.toLowerCase()
  return lower === "true" ? true : lower === "false" ? false : undefined
}

/** Compares truth values. */
export const bool: Compile = comparing({
  expected: "true or false",
  policy: parseBoolean,
  request: parseBoolean,
  fits: (request: boolean, policy) => request === policy
})

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/

/** Base64 with its padding and without stray bits (RFC 4648, section 3.5): then equal texts are equal bytes. */
const parseBase64 = (text: string): string | undefined => base64.test(text) ? text : undefined

/** Compares bytes, each side in base64. */
export const binary: Compile = comparing({
  expected: "base64, with its padding",
  policy: parseBase64,
  request: parseBase64,
  fits: (request: string, policy) => request === policy
})

/** The address lies in the range. */
export const ipAddress: Compile = comparing({
  expected: "an IP address, or a range such as 203.0.113.0/24 or 2001:db8::/32",
  policy: IpRange.parse,
  request: IpRange.parseAddress,
  fits: (request, policy) => IpRange.contains(policy, request)
})
