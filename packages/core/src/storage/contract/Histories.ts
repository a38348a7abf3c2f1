/** Random histories, step by step beside the immutable KeyStore, which says what must come out. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as KeyStore from "../KeyStore.ts"
import type { Change, Storage, StoredRecord, Version } from "../Storage.ts"
import { type Check, commit, ensureEqual, find, refused } from "./Check.ts"
import { type Generator, seeded } from "./Generator.ts"

const IDS: readonly [string, ...ReadonlyArray<string>] = [
  "h/a",
  "h/b",
  "h/b/c",
  "h/B",
  "h",
  "h/\uffff",
  "h/\u{10000}",
  "h//",
  "h/..",
  "i/a",
  "i/%",
  "é",
  "e\u0301"
]

interface Model {
  readonly store: KeyStore.KeyStore
  /** The store's own version of each record version of the model. */
  readonly versions: ReadonlyMap<string, Version>
}

const named = (id: string, version: Version) => `${version} ${id}`

/** Changes of distinct ids, with expectations that hold, that are stale, or that never held. */
const arbitraryChanges = ({ below, json, pick }: Generator, { store }: Model): ReadonlyArray<Change> => {
  const ids = new Set(Array.from({ length: 1 + below(4) }, () => pick(IDS)))
  return [...ids].map((id): Change => {
    const now = KeyStore.read(store, [id]).get(id)?.version ?? null
    const stale = String(1 + below(store.sequence + 1))
    const expected = pick([now, now, now, now, null, stale])
    const kind = below(6)
    if (kind === 0) return { _tag: "Check", id, expected }
    if (kind === 1) return { _tag: "Remove", id, expected }
    if (kind === 2) return { _tag: "Remove", id }
    return kind === 3 ? { _tag: "Put", id, value: json() } : { _tag: "Put", id, value: json(), expected }
  })
}

/** The same changes in the store's own versions; one that no record ever had is one that the store never gave. */
const translated = (changes: ReadonlyArray<Change>, { versions }: Model): ReadonlyArray<Change> =>
  changes.map((change): Change =>
    change.expected === undefined || change.expected === null
      ? change
      : { ...change, expected: versions.get(named(change.id, change.expected)) ?? "never" }
  )

const step = Effect.fnUntraced(function*(storage: Storage["Service"], model: Model, changes: ReadonlyArray<Change>) {
  const outcome = KeyStore.commit(model.store, changes)
  const own = translated(changes, model)
  if (Result.isFailure(outcome)) {
    if (outcome.failure._tag === "CommitConflict") yield* refused(storage, outcome.failure.ids, ...own)
    return model
  }
  yield* commit(storage, ...own)
  const versions = new Map(model.versions)
  for (const { id } of changes) {
    const record = KeyStore.read(outcome.success, [id]).get(id)
    const stored = yield* find(storage, id)
    yield* ensureEqual(stored?.value, record?.value, `The value of ${id}`)
    if (record !== undefined && stored !== undefined) versions.set(named(id, record.version), stored.version)
  }
  return { store: outcome.success, versions }
})

const compare = Effect.fnUntraced(
  function*(storage: Storage["Service"], { store, versions }: Model, generator: Generator) {
    const expected = (record: StoredRecord) => ({ ...record, version: versions.get(named(record.id, record.version)) })
    const range = {
      prefix: generator.pick(["", "h", "h/", "i/", "h/b", "none"]),
      limit: 1 + generator.below(IDS.length),
      ...(generator.below(2) === 0 ? {} : { after: generator.pick(IDS) })
    }
    yield* ensureEqual(
      yield* storage.scan(range),
      KeyStore.scan(store, range).map(expected),
      `The page ${JSON.stringify(range)}`
    )
    const found = yield* storage.read(IDS)
    yield* ensureEqual([...found.values()].length, KeyStore.read(store, IDS).size, "The number of records")
    for (const record of KeyStore.read(store, IDS).values()) {
      yield* ensureEqual(found.get(record.id), expected(record), `The record ${record.id}`)
    }
  }
)

const history = (name: string, seed: number, steps: number, handles: number): Check => ({
  name,
  run: (open) =>
    Effect.gen(function*() {
      const generator = seeded(seed)
      const opened = yield* Effect.all(Array.from({ length: handles }, () => open))
      let model: Model = { store: KeyStore.empty, versions: new Map() }
      for (let index = 0; index < steps; index++) {
        const storage = opened[generator.below(handles)]
        if (storage === undefined) return
        model = yield* step(storage, model, arbitraryChanges(generator, model))
        yield* compare(opened[generator.below(handles)] ?? storage, model, generator)
      }
    })
})

export const historyChecks: ReadonlyArray<Check> = [
  history("any history goes as with the immutable KeyStore", 5, 300, 1),
  history("any history over several handles goes as with the immutable KeyStore", 6, 200, 3)
]
