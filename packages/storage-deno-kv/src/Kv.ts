/**
 * What the store needs of a Deno KV, so that nothing here depends on Deno's types: what `Deno.openKv` gives has it, and so
 * has that of the npm package `@deno/kv`.
 */

/** A key: texts and numbers, compared one after another, texts by their UTF-8 bytes. */
export type Key = ReadonlyArray<string | number>

/** What is under a key. Where nothing is, both are null. */
export interface Entry {
  readonly key: ReadonlyArray<unknown>
  readonly value: unknown
  /** Ever-increasing over all commits of the database: no two give the same. */
  readonly versionstamp: string | null
}

/** Several steps that are done all at once, if each check holds, or not at all. */
export interface Atomic {
  readonly check: (check: { key: Key; versionstamp: string | null }) => Atomic
  readonly set: (key: Key, value: unknown) => Atomic
  readonly delete: (key: Key) => Atomic
  readonly commit: () => Promise<{ readonly ok: boolean }>
}

/** A Deno KV. */
export interface Kv {
  /** The entries of at most ten keys, as they stood at one moment. */
  readonly getMany: (keys: ReadonlyArray<Key>) => Promise<ReadonlyArray<Entry>>
  /** The entries from `start` on and before `end`, in the order of their keys; a batch of them as it stood at one moment. */
  readonly list: (
    range: { readonly start: Key; readonly end: Key },
    options: { readonly limit: number; readonly batchSize: number }
  ) => AsyncIterable<Entry>
  readonly atomic: () => Atomic
}

/** Bounds of Deno KV, here and on Deno Deploy (https://docs.deno.com/deploy/kv/operations/), kept with some room. */
export const bounds = {
  /** Keys in one `getMany`. */
  keys: 10,
  /** Entries in one batch of `list`. */
  batch: 100,
  /** Checks in one atomic operation: 100 by Deno, ten by a KV that is hosted by oneself. */
  checks: 10,
  /** Steps in one atomic operation: 1,000. */
  steps: 500,
  /** Bytes of keys in one atomic operation: 80 KiB. */
  keyBytes: 60_000,
  /** Bytes of keys and values in one atomic operation: 800 KiB. */
  bytes: 700_000,
  /** Bytes of one key: 2,048. */
  keyLength: 2000,
  /** UTF-16 units of one value: 64 KiB, and a unit takes two bytes. */
  valueLength: 30_000
}
