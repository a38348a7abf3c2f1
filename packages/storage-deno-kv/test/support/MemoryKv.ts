/**
 * A Deno KV in memory, with the bounds of Deno Deploy's, as a model to try faults on. Real ones are tested in Deno.
 */
import type { Atomic, Entry, Key, Kv } from "@keystead/storage-deno-kv/Kv"
import { setImmediate } from "node:timers/promises"

/** What several handles share. */
export interface Database {
  readonly entries: Map<string, Entry & { readonly key: Key }>
  stamp: number
}

export const newDatabase = (): Database => ({ entries: new Map(), stamp: 0 })

const need = (holds: boolean, message: string): void => {
  if (!holds) throw new TypeError(message)
}

const zeros = (bytes: Buffer): Buffer => Buffer.from([...bytes].flatMap((byte) => byte === 0 ? [0, 0xff] : [byte]))

/** The bytes of a key, which sort as keys do: Deno's own encoding, but for numbers, which here are never negative. */
const encoded = (key: Key): Buffer =>
  Buffer.concat(key.map((part) => {
    if (typeof part === "string") return Buffer.concat([Buffer.of(2), zeros(Buffer.from(part)), Buffer.of(0)])
    const number = Buffer.alloc(9, 0x21)
    number.writeDoubleBE(part, 1)
    return number
  }))

const nameOf = (key: Key): string => {
  const bytes = encoded(key)
  need(bytes.length <= 2048, "Key too large for write (max 2048 bytes)")
  return bytes.toString("hex")
}

const sizeOf = (value: unknown): number =>
  typeof value === "string" ? 2 * value.length + 8 : JSON.stringify(value).length

interface Written {
  readonly key: Key
  readonly value?: unknown
}

const commit = (
  database: Database,
  checks: ReadonlyArray<Parameters<Atomic["check"]>[0]>,
  written: ReadonlyArray<Written>
) => {
  need(checks.length <= 10, "Too many checks (max 10)")
  need(written.length <= 1000, "Too many mutations (max 1000)")
  const keys = [...checks, ...written].map(({ key }) => nameOf(key).length / 2)
  const sizes = written.map(({ value }) => value === undefined ? 0 : sizeOf(value))
  need(Math.max(0, ...sizes) <= 65_536, "Value too large (max 65536 bytes)")
  const keySize = keys.reduce((sum, size) => sum + size, 0)
  need(keySize <= 81_920, "Total key size too large (max 81920 bytes)")
  need(sizes.reduce((sum, size) => sum + size, keySize) <= 819_200, "Total mutation size too large (max 819200 bytes)")
  const holds = checks.every(({ key, versionstamp }) =>
    (database.entries.get(nameOf(key))?.versionstamp ?? null) === versionstamp
  )
  if (!holds) return { ok: false }
  const versionstamp = String(++database.stamp).padStart(20, "0")
  for (const { key, value } of written) {
    if (value === undefined) database.entries.delete(nameOf(key))
    else database.entries.set(nameOf(key), { key, value: structuredClone(value), versionstamp })
  }
  return { ok: true }
}

/** What runs before and after each operation, and may fail it. */
export interface Hooks {
  readonly before?: (operation: keyof Kv) => void | Promise<void>
  readonly after?: (operation: keyof Kv) => void | Promise<void>
}

/** A handle. */
export const memoryKv = (database: Database, { after = () => {}, before = () => {} }: Hooks = {}): Kv => {
  const getMany = async (keys: ReadonlyArray<Key>): Promise<ReadonlyArray<Entry>> => {
    await setImmediate()
    await before("getMany")
    need(keys.length <= 10, "Too many ranges (max 10)")
    return keys.map((key) => database.entries.get(nameOf(key)) ?? { key, value: null, versionstamp: null })
  }
  const list: Kv["list"] = async function*({ end, start }, { batchSize, limit }) {
    let [from, count] = [nameOf(start), 0]
    for (;;) {
      await setImmediate()
      await before("list")
      const names = [...database.entries.keys()].filter((name) => name >= from && name < nameOf(end)).toSorted()
      const batch = names.slice(0, Math.min(batchSize, limit - count))
      const found = batch.flatMap((name) => database.entries.get(name) ?? [])
      yield* found
      count += found.length
      const last = batch.at(-1)
      if (last === undefined || count >= limit || batch.length === names.length) return
      from = `${last}00`
    }
  }
  const atomic = (): Atomic => {
    const checks: Array<Parameters<Atomic["check"]>[0]> = []
    const written: Array<Written> = []
    const self: Atomic = {
      check: (check) => (checks.push(check), self),
      set: (key, value) => (written.push({ key, value }), self),
      delete: (key) => (written.push({ key }), self),
      commit: async () => {
        await setImmediate()
        await before("atomic")
        const outcome = commit(database, checks, written)
        await after("atomic")
        return outcome
      }
    }
    return self
  }
  return { getMany, list, atomic }
}
