/**
 * What a store takes: the ids and values that every adapter accepts, and refuses with `StorageError` of reason
 * "Unacceptable" otherwise. Values are copied and frozen on the way in, so that neither the caller who gave one nor a
 * caller who reads it can change what is stored.
 */
import * as Result from "effect/Result"
import { StorageError } from "../Errors.ts"
import * as Utf8 from "../Utf8.ts"
import type { Change, Json } from "./Storage.ts"

/** The most bytes of UTF-8 that an id may have. */
export const MAX_ID_BYTES = 1024

/** How many arrays and objects may be nested in one value. A bound, so that no value exhausts the stack. */
export const MAX_DEPTH = 128

/**
 * The changes of one commit, each value a frozen copy of what was given; or "Unacceptable" when an id or a value is not
 * one that a store takes, or an id is named twice.
 */
export const acceptChanges = (changes: ReadonlyArray<Change>): Result.Result<ReadonlyArray<Change>, StorageError> => {
  const ids = new Set<string>()
  const accepted: Array<Change> = []
  for (const change of changes) {
    if (!isAcceptableId(change.id)) return refuse(change.id, "is not 1 to 1,024 bytes of well-formed Unicode")
    if (ids.has(change.id)) return refuse(change.id, "is named twice in one commit: put its changes into one")
    ids.add(change.id)
    if (change._tag === "Put") {
      const value = frozenCopy(change.value)
      if (value === undefined) {
        return refuse(change.id, `has a value that is not JSON, or is nested deeper than ${MAX_DEPTH}`)
      }
      accepted.push({ ...change, value })
    } else {
      accepted.push(change)
    }
  }
  return Result.succeed(accepted)
}

const refuse = (id: string, why: string): Result.Result<never, StorageError> => {
  const shown = JSON.stringify(id.length > 80 ? `${id.slice(0, 80)}…` : id)
  return Result.fail(new StorageError({ reason: "Unacceptable", message: `The record id ${shown} ${why}.`, place: id }))
}

/** Whether a record may have this id: 1 to `MAX_ID_BYTES` bytes of UTF-8, well formed. */
export const isAcceptableId = (id: string): boolean => {
  // No UTF-16 unit takes less than one byte: what is too long anyway is not counted.
  if (id.length === 0 || id.length > MAX_ID_BYTES || !Utf8.isWellFormed(id)) return false
  return Utf8.encode(id).length <= MAX_ID_BYTES
}

/** A deeply frozen copy of a JSON value; `undefined` when it is none (a lone surrogate and a NaN are none, either). */
export const frozenCopy = (value: unknown, depth = 0): Json | undefined => {
  switch (typeof value) {
    case "boolean":
      return value
    case "number":
      // JSON has no sign for zero: every store gives back the same.
      return Number.isFinite(value) ? (value === 0 ? 0 : value) : undefined
    case "string":
      return Utf8.isWellFormed(value) ? value : undefined
    case "object":
      if (value === null) return null
      if (depth >= MAX_DEPTH) return undefined
      return Array.isArray(value) ? frozenArray(value, depth + 1) : frozenObject(value, depth + 1)
    default:
      return undefined
  }
}

const frozenArray = (value: ReadonlyArray<unknown>, depth: number): Json | undefined => {
  const copy: Array<Json> = []
  for (const item of value) {
    const copied = frozenCopy(item, depth)
    if (copied === undefined) return undefined
    copy.push(copied)
  }
  return Object.freeze(copy)
}

const frozenObject = (value: object, depth: number): Json | undefined => {
  const prototype: unknown = Object.getPrototypeOf(value)
  // A plain object, also one from another realm: a Date, a Map or a class's instance would lose what it is.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return undefined
  const members: Array<[string, Json]> = []
  for (const [name, member] of Object.entries(value)) {
    const copied = frozenCopy(member, depth)
    if (copied === undefined || !Utf8.isWellFormed(name)) return undefined
    members.push([name, copied])
  }
  // `fromEntries` defines members: a member named `__proto__` is one like any other.
  return Object.freeze(Object.fromEntries(members))
}
