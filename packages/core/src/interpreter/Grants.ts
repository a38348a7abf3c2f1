/** The records of grants: read by id or by index, and the ids of all that is stored of one. */
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Schema from "effect/Schema"
import { canonicalJson } from "../crypto/CanonicalJson.ts"
import { Crypto } from "../crypto/Crypto.ts"
import * as GrantToken from "../crypto/GrantToken.ts"
import {
  countId,
  granteePrefix,
  grantPrefix,
  GrantRecord,
  type KeyPlace,
  namedId,
  recordId,
  retiringPrefix
} from "../domain/GrantRecord.ts"
import { InvalidGrantTokenException } from "../Errors.ts"
import type { LoadError } from "../operations/Operation.ts"
import * as Utf8 from "../Utf8.ts"
import type { Loaded, Reader } from "./Reader.ts"
import type { Records } from "./Records.ts"

interface Readers {
  readonly grants: Reader<GrantRecord>
  readonly counts: Reader<number>
  readonly named: Reader<string>
}

/** Readers remember what they verified, so that there is one of each for a store. */
const readers = new WeakMap<Records["reader"], Readers>()

/** What reading takes: an operation's `Find` has it, and the interpreter's records do. */
export type Access = Pick<Records, "reader" | "ids">

const readersOf = ({ reader }: Access): Readers => {
  const known = readers.get(reader)
  if (known !== undefined) return known
  const made = { grants: reader(GrantRecord), counts: reader(Schema.Int), named: reader(Schema.String) }
  readers.set(reader, made)
  return made
}

/** A grant by its id. */
export const grantOf = (access: Access, key: KeyPlace, grantId: string) =>
  readersOf(access).grants.read(recordId(key, grantId))

/** How many grants a key has. */
export const countOf = (access: Access, key: KeyPlace): Effect.Effect<Loaded<number> | undefined, LoadError> =>
  readersOf(access).counts.read(countId(key))

/** The grant that a named grant's parameters lead to. */
export const grantNamed = Effect.fnUntraced(function*(access: Access, key: KeyPlace, id: string) {
  const named = yield* readersOf(access).named.read(id)
  const grant = named === undefined ? undefined : yield* grantOf(access, key, named.content)
  return { version: named?.version ?? null, grant }
})

/** The ids of grants' records, in the order of an index: those whose entries come after the given one. */
export const indexed = (
  access: Access,
  index: { readonly prefix: string; readonly recordOf: (entry: string) => string },
  after: string | undefined,
  limit: number
) =>
  Effect.gen(function*() {
    const ids = yield* access.ids(index.prefix, after === undefined ? undefined : index.prefix + after, limit)
    const entries = ids.map((id) => id.slice(index.prefix.length))
    return { entries, grants: yield* readersOf(access).grants.readAll(entries.map(index.recordOf)) }
  })

/** A key's grants to the grantee, or to whoever shares its name in the index. */
export const byGrantee = (key: KeyPlace, grantee: string) => ({
  prefix: granteePrefix(key, grantee),
  recordOf: (entry: string) => recordId(key, entry)
})

/** All of a key's grants. */
export const byKey = (key: KeyPlace) => ({
  prefix: grantPrefix(key),
  recordOf: (entry: string) => recordId(key, entry)
})

/** The grants of all keys in a Region that the principal may retire, or whoever shares its name in the index. */
export const byRetiring = (region: string, retiring: string) => ({
  prefix: retiringPrefix({ region }, retiring),
  recordOf: (entry: string) => {
    const [account = "", keyId = "", grantId = ""] = entry.split("/")
    return recordId({ account, region, keyId }, grantId)
  }
})

const inOrder = (pairs: Readonly<Record<string, string>> | undefined) =>
  pairs === undefined ? null : Object.entries(pairs).toSorted(([one], [other]) => one < other ? -1 : 1)

/** What must be the same for a grant of the same name to be the same grant, in one text. */
const parametersOf = ({ constraints, grantee, issuer, name, operations, retiring }: Omit<GrantRecord, "grantId">) =>
  canonicalJson([
    name ?? null,
    issuer,
    grantee,
    retiring ?? null,
    operations.toSorted(),
    inOrder(constraints.equals),
    inOrder(constraints.subset),
    constraints.sourceArn ?? null
  ])

/** The id of the record that leads from a named grant's parameters to it; undefined for one without a name. */
export const idOfName = Effect.fnUntraced(function*(grant: Omit<GrantRecord, "grantId">) {
  if (grant.name === undefined) return undefined
  const digest = yield* (yield* Crypto).sha256(Utf8.encode(parametersOf(grant)))
  return namedId(grant, Hex.encode(digest))
})

/** The ids of the entries that lead from who may retire a grant to it: one, or none. */
export const retiringEntriesOf = (grant: GrantRecord): ReadonlyArray<string> => {
  const { account, grantId, keyId, retiring } = grant
  return retiring === undefined ? [] : [`${retiringPrefix(grant, retiring)}${account}/${keyId}/${grantId}`]
}

/** The ids of the indexes' entries for a grant, beside that of its name. */
export const entriesOf = (grant: GrantRecord): ReadonlyArray<string> => [
  `${granteePrefix(grant, grant.grantee)}${grant.grantId}`,
  ...retiringEntriesOf(grant)
]

/** The grant that a token names; InvalidGrantTokenException if it names none that is there. Its key may be gone. */
export const grantOfToken = Effect.fnUntraced(function*(access: Access, token: string) {
  const id = yield* GrantToken.open(token)
  const grant = id === undefined ? undefined : yield* readersOf(access).grants.read(id)
  return grant ?? (yield* notInForce())
})

/** The refusal of a token. */
export const notInForce = () =>
  new InvalidGrantTokenException({ message: "The grant token names no grant that is in force." })
