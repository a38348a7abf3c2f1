/** What a commit does to the database, step by step, and how much of it fits into one atomic operation. */
import type { Change } from "@keystead/core/storage/Storage"
import * as Keys from "./Keys.ts"
import { type Atomic, bounds, type Key } from "./Kv.ts"

/** One key's new value; without one, the key goes. */
export type Step = readonly [key: Key, value?: unknown]

/** What a record's key holds if its text is in parts. */
export interface Parts {
  readonly parts: number
}

/** A text in parts, none of which ends within a surrogate pair. */
export const partsOf = (text: string): ReadonlyArray<string> => {
  const parts: Array<string> = []
  for (let start = 0; start < text.length;) {
    const unit = text.charCodeAt(start + bounds.valueLength - 1)
    const end = start + bounds.valueLength - (unit >= 0xd800 && unit <= 0xdbff ? 1 : 0)
    parts.push(text.slice(start, end))
    start = end
  }
  return parts
}

/**
 * The steps of a change.
 *
 * @param before - of how many parts the record was, which is none for a short one
 */
export const stepsOf = (change: Change, before: number): ReadonlyArray<Step> => {
  if (change._tag === "Check") return []
  const { id } = change
  const text = change._tag === "Put" ? JSON.stringify(change.value) : undefined
  const parts = text !== undefined && text.length > bounds.valueLength ? partsOf(text) : []
  const steps: Array<Step> = parts.map((part, index) => [Keys.part(id, index), part])
  for (let index = parts.length; index < before; index++) steps.push([Keys.part(id, index)])
  const head: string | Parts | undefined = parts.length > 0 ? { parts: parts.length } : text
  steps.push(head === undefined ? [Keys.record(id)] : [Keys.record(id), head])
  return steps
}

/** The steps in groups, each for one atomic operation, in their order. */
export const groupsOf = (steps: ReadonlyArray<Step>): ReadonlyArray<ReadonlyArray<Step>> => {
  const groups: Array<Array<Step>> = []
  let [keyBytes, bytes] = [Infinity, Infinity]
  for (const step of steps) {
    const [key, value] = step
    const keyLength = Keys.lengthOf(key)
    const length = keyLength + (typeof value === "string" ? 2 * value.length : 0) + 32
    const group = groups.at(-1)
    if (
      group !== undefined && group.length < bounds.steps && keyBytes + keyLength <= bounds.keyBytes &&
      bytes + length <= bounds.bytes
    ) {
      group.push(step)
      keyBytes += keyLength
      bytes += length
    } else {
      groups.push([step])
      keyBytes = keyLength
      bytes = length
    }
  }
  return groups
}

/** Adds steps to an atomic operation. */
export const addSteps = (atomic: Atomic, steps: ReadonlyArray<Step>): Atomic => {
  for (const [key, value] of steps) {
    if (value === undefined) atomic.delete(key)
    else atomic.set(key, value)
  }
  return atomic
}
