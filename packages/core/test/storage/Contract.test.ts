import { assert, describe, it } from "@effect/vitest"
import { contract, ContractViolation, type Open } from "@keystead/core/storage/Contract"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import type { Change, Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

type Service = Storage["Service"]
type Cell = { store: KeyStore.KeyStore }

/** A faultless store over a cell; each test spoils one thing of it. */
const faultless = (cell: Cell): Service => ({
  read: (ids) => Effect.sync(() => KeyStore.read(cell.store, ids)),
  scan: (range) => Effect.sync(() => KeyStore.scan(cell.store, range)),
  commit: (changes) =>
    Effect.suspend(() => {
      const result = KeyStore.commit(cell.store, changes)
      if (Result.isSuccess(result)) cell.store = result.success
      return Effect.asVoid(Effect.fromResult(result))
    })
})

/** The checks that a store fails, with what they say of it. */
const failures = (open: (cell: Cell) => Service) =>
  Effect.forEach(contract({ durable: true }), ({ name, run }) =>
    Effect.suspend(() => {
      const cell: Cell = { store: KeyStore.empty }
      const opened: Open = Effect.sync(() => open(cell))
      return Effect.scoped(run(opened))
    }).pipe(Effect.match({ onFailure: (error) => [{ name, error }], onSuccess: () => [] })))
    .pipe(Effect.map((failed) => failed.flat()))

/** The changes without their expectations. */
const bare = (changes: ReadonlyArray<Change>) =>
  changes.flatMap((change): ReadonlyArray<Change> => {
    if (change._tag === "Check") return []
    return change._tag === "Put"
      ? [{ _tag: "Put", id: change.id, value: change.value }]
      : [{ _tag: "Remove", id: change.id }]
  })

const onCommit =
  (commit: (cell: Cell, changes: ReadonlyArray<Change>, inner: Service) => ReturnType<Service["commit"]>) =>
  (cell: Cell): Service => {
    const inner = faultless(cell)
    return { ...inner, commit: (changes) => commit(cell, changes, inner) }
  }
const onScan =
  (scan: (cell: Cell, range: Parameters<Service["scan"]>[0], inner: Service) => ReturnType<Service["scan"]>) =>
  (cell: Cell): Service => {
    const inner = faultless(cell)
    return { ...inner, scan: (range) => scan(cell, range, inner) }
  }
const renamed = (id: (id: string) => string) => (cell: Cell): Service => {
  const inner = faultless(cell)
  const change = (one: Change): Change => ({ ...one, id: one.id === "" ? "" : id(one.id) })
  return {
    ...inner,
    commit: (changes) => inner.commit(changes.map(change)),
    read: (ids) =>
      Effect.map(inner.read(ids.map(id)), (found) =>
        new Map(ids.flatMap((name) => {
          const record = found.get(id(name))
          return record === undefined ? [] : [[name, { ...record, id: name }]]
        })))
  }
}

const broken: Record<string, readonly [(cell: Cell) => Service, expected: string]> = {
  "commits the changes one by one": [
    onCommit((_, changes, inner) => Effect.forEach(changes, (change) => inner.commit([change]), { discard: true })),
    "a failing expectation changes nothing"
  ],
  "shows half a commit": [
    onCommit((cell, changes, inner) =>
      Effect.gen(function*() {
        yield* Effect.fromResult(KeyStore.commit(cell.store, changes))
        yield* inner.commit(bare(changes.slice(0, 2)))
        yield* Effect.yieldNow
        yield* inner.commit(bare(changes.slice(2)))
      })
    ),
    "half a commit"
  ],
  "looks at expectations first and writes later": [
    onCommit((cell, changes, inner) =>
      Effect.gen(function*() {
        yield* Effect.fromResult(KeyStore.commit(cell.store, changes))
        yield* Effect.yieldNow
        yield* inner.commit(bare(changes))
      })
    ),
    "no update is lost"
  ],
  "ignores checks": [
    onCommit((_, changes, inner) => inner.commit(changes.filter(({ _tag }) => _tag !== "Check"))),
    "put, remove and check without a record"
  ],
  "takes null for no expectation": [
    onCommit((_, changes, inner) =>
      inner.commit(
        changes.flatMap(({ expected, ...change }) =>
          expected === null
            ? change._tag === "Check" ? [] : [change]
            : [{ ...change, ...(expected === undefined ? {} : { expected }) } as Change]
        )
      )
    ),
    "put, remove and check with a record"
  ],
  "begins its versions again": [
    (cell) => {
      const inner = faultless(cell)
      return {
        ...inner,
        commit: (changes) =>
          Effect.tap(inner.commit(changes), () =>
            Effect.sync(() => {
              if (KeyStore.scan(cell.store, { prefix: "", limit: 1 }).length === 0) cell.store = KeyStore.empty
            }))
      }
    },
    "a version never comes twice"
  ],
  "sorts by UTF-16 unit": [
    onScan((cell, range) =>
      Effect.sync(() =>
        KeyStore.scan(cell.store, { prefix: "", limit: 10_000 })
          .filter(({ id }) => id.startsWith(range.prefix) && (range.after === undefined || id > range.after))
          .toSorted((left, right) => left.id < right.id ? -1 : 1)
          .slice(0, range.limit)
      )
    ),
    "not by UTF-16 unit"
  ],
  "lists the id it should begin after": [
    onScan((cell, range, inner) =>
      Effect.map(inner.scan(range), (page) => {
        const first = range.after?.startsWith(range.prefix) === true &&
          KeyStore.read(cell.store, [range.after]).get(range.after)
        return first ? [first, ...page].slice(0, range.limit) : page
      })
    ),
    "a page begins after"
  ],
  "needs the id it begins after": [
    onScan((cell, range, inner) =>
      range.after !== undefined && KeyStore.read(cell.store, [range.after]).size === 0
        ? Effect.succeed([])
        : inner.scan(range)
    ),
    "a page begins after"
  ],
  "forgets the limit": [
    onScan((_, range, inner) => inner.scan({ ...range, limit: range.limit + 1 })),
    "pages are complete"
  ],
  "reads a prefix as a pattern": [
    onScan((_, range, inner) => inner.scan({ ...range, prefix: range.prefix.replace(/[%_].*/, "") })),
    "a prefix is plain text"
  ],
  "folds case": [renamed((id) => id.toLowerCase()), "hostile ids"],
  "normalises": [renamed((id) => id.normalize("NFC")), "hostile ids"],
  "cuts long ids": [renamed((id) => id.slice(0, 255)), "hostile ids"],
  "cuts at NUL": [renamed((id) => id.split("\0")[0] || "-"), "hostile ids"],
  "forgets what it had when opened again": [
    (cell) => {
      cell.store = KeyStore.empty
      return faultless(cell)
    },
    "everything is there"
  ],
  "keeps a copy of its own in each handle": [
    (cell) => faultless({ store: cell.store }),
    "a commit is seen by every handle"
  ],
  "takes any id": [
    onCommit((_, changes, inner) => inner.commit(changes.filter(({ id }) => id !== ""))),
    "ids that no store takes"
  ],
  "gives out what can be changed": [
    (cell) => {
      const inner = faultless(cell)
      return { ...inner, scan: (range) => Effect.map(inner.scan(range), (page) => structuredClone(page)) }
    },
    "cannot be changed from outside"
  ],
  "loses members named like a prototype": [
    (cell) => {
      const inner = faultless(cell)
      return {
        ...inner,
        commit: (changes) =>
          inner.commit(changes.map((change) =>
            change._tag !== "Put" ? change : {
              ...change,
              value: JSON.parse(
                JSON.stringify(change.value, (key, value) => key.startsWith("__proto__") ? undefined : value) ?? "null"
              )
            }
          ))
      }
    },
    "every JSON value"
  ],
  "refuses what is large": [
    onCommit((_, changes, inner) => changes.length > 500 ? Effect.void : inner.commit(changes)),
    "a commit of 1,000 changes"
  ]
}

describe("the contract", () => {
  it.effect("is kept by the immutable KeyStore", () =>
    Effect.map(failures(faultless), (failed) => assert.deepStrictEqual(failed, [])))

  for (const [name, [open, expected]] of Object.entries(broken)) {
    it.effect(`notices a store that ${name}`, () =>
      Effect.map(failures(open), (failed) => {
        const found = failed.find((check) => check.name.includes(expected))
        assert.isDefined(found, failed.map((check) => check.name).join("\n"))
        // It says what the store did; a store that refuses what it should take says so itself.
        assert.isTrue(found?.error instanceof ContractViolation || found?.error._tag === "StorageError")
      }))
  }
})
