/** What the tests let a page or a worker do with the store. Each answers with what a message can carry. */
import type { StorageError } from "@keystead/core/Errors"
import { contract, type Open } from "@keystead/core/storage/Contract"
import type { Json, Storage } from "@keystead/core/storage/Storage"
import * as IndexedDbStorage from "@keystead/storage-indexeddb/IndexedDbStorage"
import * as Persistence from "@keystead/storage-indexeddb/Persistence"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { load } from "./Load.ts"
import { beginRemoving, cut, dump, hold, openInVain, overwrite, release, remove, restore } from "./Raw.ts"

type Handle = Storage["Service"]

interface Failing {
  readonly message: string
  readonly reason?: string
}

/** What came of it, or the failure as `Reason: message`. */
const outcome = <A>(run: Effect.Effect<A, Failing>): Promise<A | string> =>
  Effect.runPromise(Effect.match(run, {
    onSuccess: (found): A | string => found,
    onFailure: ({ message, reason }) => `${reason ?? "Failed"}: ${message}`
  }))

/** Handles that stay open between actions, by the database's name. */
const handles = new Map<string, Handle>()

const handleOn = (name: string): Effect.Effect<Handle, StorageError> => {
  const known = handles.get(name)
  if (known !== undefined) return Effect.succeed(known)
  const opened = Scope.provide(IndexedDbStorage.make({ name }), Scope.makeUnsafe())
  return Effect.tap(opened, (handle) => Effect.sync(() => handles.set(name, handle)))
}

const refusal = (name: string, changes: Parameters<Handle["commit"]>[0]) =>
  Effect.flatMap(handleOn(name), (storage) => storage.commit(changes)).pipe(
    Effect.mapError((error): Failing => error._tag === "CommitConflict" ? { message: "conflict" } : error)
  )

const open = (name: string): Open => IndexedDbStorage.make({ name })

/** Runs one check of the contract: "" when it is kept. */
const check = (name: string, index: number) =>
  outcome(
    Effect.scoped(
      contract({ durable: true })[index]?.run(open(name)) ?? Effect.fail({ message: "No such check" })
    ).pipe(Effect.as(""))
  )

const put = (name: string, id: string, value: Json) =>
  outcome(Effect.as(refusal(name, [{ _tag: "Put", id, value }]), ""))

const get = (name: string, id: string) =>
  outcome(Effect.map(
    Effect.flatMap(handleOn(name), (storage) => storage.read([id])),
    (found) => found.get(id)?.value ?? null
  ))

const random = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(32_768))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** Puts values of 1 MiB until one is refused; gives how many were not, and the refusal. */
const fill = (name: string) =>
  outcome(Effect.gen(function*() {
    for (let count = 0;; count++) {
      // At random, for Chromium compresses what it stores.
      const value = Array.from({ length: 16 }, random).join("")
      const refused = yield* Effect.flip(refusal(name, [
        { _tag: "Put", id: `full/${count}`, value },
        { _tag: "Put", id: "full", value: count + 1 }
      ])).pipe(Effect.catch(() => Effect.undefined))
      if (refused !== undefined) return [count, `${refused.reason ?? "Failed"}: ${refused.message}`]
    }
  }))

declare const acknowledge: (number: number) => void

/** Commits without end, each commit a number into two records, and tells each number that was acknowledged. */
const write = (name: string) =>
  outcome(Effect.gen(function*() {
    for (let number = 1;; number++) {
      yield* refusal(name, [
        { _tag: "Put", id: "pair/a", value: number },
        { _tag: "Put", id: `log/${number}`, value: "x".repeat(number % 5000) },
        { _tag: "Put", id: "pair/b", value: number }
      ])
      acknowledge(number)
    }
  }))

/** By name. */
export const actions: ReadonlyMap<string, (...given: ReadonlyArray<never>) => Promise<unknown>> = new Map(
  Object.entries({
    beginRemoving,
    cut,
    dump,
    hold,
    openInVain,
    overwrite,
    release,
    remove,
    restore,
    check,
    fill,
    get,
    load: (name: string, seed: number, commits: number) => outcome(Effect.flatMap(handleOn(name), load(seed, commits))),
    list: (name: string, prefix: string) =>
      outcome(Effect.map(
        Effect.flatMap(handleOn(name), (storage) => storage.scan({ prefix, limit: 100_000 })),
        (records) => records.map(({ id, value }) => [id, value])
      )),
    persist: () => outcome(Persistence.persist),
    put,
    space: () => outcome(Persistence.space),
    write
  })
)
