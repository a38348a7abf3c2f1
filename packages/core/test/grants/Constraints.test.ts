/** Constraints of grants beside a simple model of them: a constraint is what it lets through. */
import { describe, it } from "@effect/vitest"
import { type GrantMismatch, mismatches } from "@keystead/core/authorization/Granting"
import {
  type GrantConstraints,
  isAmbiguous,
  isAtLeastAsStrict,
  namesOf,
  unmet
} from "@keystead/core/domain/GrantConstraints"
import { grantOperations, type GrantRecord } from "@keystead/core/domain/GrantRecord"
import * as fc from "fast-check"
import { assert } from "vitest"
import { examples } from "../support/Property.ts"
import { account, region, user } from "../support/World.ts"

type Pairs = Readonly<Record<string, string>>

/** Few keys and values, so that contexts and constraints meet; two keys that differ in case, and one that is special. */
const context: fc.Arbitrary<Pairs> = fc.uniqueArray(
  fc.tuple(fc.constantFrom("a", "A", "b", "B", "__proto__"), fc.constantFrom("1", "2", "X", "x")),
  { selector: ([key]) => key, maxLength: 4 }
).map((pairs) => Object.fromEntries(pairs))

const unambiguous = context.filter((pairs) => !isAmbiguous(pairs))

const sourceArn = fc.constantFrom("arn:aws:s3:::one", "arn:aws:s3:::two")

/** As CreateGrant makes them: one constraint on the context at most, none of them empty or ambiguous. */
const constraints: fc.Arbitrary<GrantConstraints> = fc.tuple(
  fc.oneof(
    fc.constant({}),
    unambiguous.filter((pairs) => Object.keys(pairs).length > 0).chain((pairs) =>
      fc.constantFrom({ equals: pairs }, { subset: pairs })
    )
  ),
  fc.option(sourceArn, { nil: undefined })
).map(([ofContext, source]) => source === undefined ? ofContext : { ...ofContext, sourceArn: source })

/** A context as text in which case does not count for keys: every pair once, in order. */
const canonical = (pairs: Pairs): ReadonlyArray<string> =>
  [...new Set(Object.entries(pairs).map(([key, value]) => `${key.toLowerCase()}=${value}`))].toSorted()

/** What meets a constraint, said in another way: with the lists of all pairs that are there. */
const meets = ({ equals, sourceArn, subset }: GrantConstraints, given: Pairs, source: string | undefined): boolean => {
  const pairs = canonical(given)
  const keys = new Set(pairs.map((pair) => pair.split("=")[0]))
  const isClear = (wanted: Pairs) =>
    Object.keys(wanted).every((key) => pairs.filter((pair) => pair.startsWith(`${key.toLowerCase()}=`)).length <= 1)
  const has = (wanted: Pairs) => canonical(wanted).every((pair) => pairs.includes(pair)) && isClear(wanted)
  return (equals === undefined ||
    (has(equals) && Object.keys(given).length === Object.keys(equals).length && keys.size === pairs.length)) &&
    (subset === undefined || has(subset)) &&
    (sourceArn === undefined || sourceArn === source)
}

const request = fc.tuple(context, fc.option(sourceArn, { nil: undefined }))

describe("the constraints of a grant", () => {
  it("let through what the model lets through", () =>
    fc.assert(
      fc.property(constraints, request, (constraint, [encryptionContext, source]) => {
        const found = unmet(constraint, { encryptionContext, sourceArn: source })
        assert.strictEqual(found.length === 0, meets(constraint, encryptionContext, source))
        assert.includeMembers([...namesOf(constraint)], [...found])
      }),
      { numRuns: examples(2000) }
    ))

  it("of a child that is at least as strict let nothing through that the parent's would stop", () =>
    fc.assert(
      fc.property(constraints, constraints, request, (child, parent, [encryptionContext, source]) => {
        const asked = { encryptionContext, sourceArn: source }
        if (!isAtLeastAsStrict(child, parent) || unmet(child, asked).length > 0) return
        assert.deepStrictEqual(unmet(parent, asked), [])
      }),
      { numRuns: examples(5000) }
    ))

  it("are at least as strict as themselves, and with more pairs as without; none are only as strict as none", () =>
    fc.assert(
      fc.property(constraints, (constraint) => {
        assert.isTrue(isAtLeastAsStrict(constraint, constraint))
        assert.isTrue(isAtLeastAsStrict(constraint, {}))
        assert.strictEqual(isAtLeastAsStrict({}, constraint), namesOf(constraint).length === 0)
        const { subset } = constraint
        if (subset === undefined) return
        assert.isTrue(isAtLeastAsStrict({ ...constraint, subset: { ...subset, more: "1" } }, constraint))
        assert.isTrue(isAtLeastAsStrict({ ...constraint, subset: undefined, equals: subset } as never, constraint))
        assert.isFalse(isAtLeastAsStrict(constraint, { equals: subset }))
      })
    ))

  it("ask nothing of an encryption context where an operation has none", () =>
    fc.assert(
      fc.property(constraints, fc.option(sourceArn, { nil: undefined }), (constraint, source) => {
        const found = unmet(constraint, { encryptionContext: undefined, sourceArn: source })
        const stopped = constraint.sourceArn !== undefined && constraint.sourceArn !== source
        assert.deepStrictEqual(found, stopped ? ["SourceArn"] : [])
      })
    ))
})

const grant: GrantRecord = {
  account,
  region,
  keyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
  grantId: "0".repeat(64),
  created: 0,
  issuer: account,
  grantee: user("bob"),
  operations: [],
  constraints: {}
}

const tags = (found: ReadonlyArray<GrantMismatch>) => found.map(({ _tag }) => _tag)

describe("a grant", () => {
  const operations = fc.subarray([...grantOperations])

  it("allows what it lists, and nothing else", () =>
    fc.assert(
      fc.property(operations, fc.constantFrom(...grantOperations, "PutKeyPolicy", "*"), (listed, asked) => {
        const found = mismatches({ ...grant, operations: listed }, {
          caller: { principal: user("bob") },
          action: `kms:${asked}`,
          encryptionContext: {},
          child: undefined,
          hiddenUntil: undefined,
          identityAllows: () => false
        })
        const isListed = listed.some((one) => one === asked)
        assert.deepStrictEqual(tags(found), isListed ? [] : ["Operation"])
      }),
      { numRuns: examples(500) }
    ))

  it("allows no child with more operations, or with constraints less strict", () =>
    fc.assert(
      fc.property(operations, operations, constraints, constraints, (own, wanted, parent, child) => {
        const found = mismatches({ ...grant, operations: [...own, "CreateGrant"], constraints: parent }, {
          caller: {
            principal: user("bob"),
            ...(parent.sourceArn === undefined ? {} : { sourceArn: parent.sourceArn })
          },
          action: "kms:CreateGrant",
          encryptionContext: undefined,
          child: { operations: wanted, constraints: child },
          hiddenUntil: undefined,
          identityAllows: () => false
        })
        const isWithin = wanted.every((one) => one === "CreateGrant" || own.includes(one))
        assert.deepStrictEqual(tags(found), [
          ...(isWithin ? [] : ["ChildOperations"]),
          ...(isAtLeastAsStrict(child, parent) ? [] : ["ChildConstraints"])
        ])
      }),
      { numRuns: examples(500) }
    ))
})
