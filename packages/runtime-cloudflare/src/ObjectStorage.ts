/**
 * The Storage service over Durable Objects: each record in the object of its account (`object/ObjectName.ts`).
 *
 * A commit is of one account. A page of what no account is named for, such as all grants that somebody may retire, comes
 * from all objects, each as it stood at a moment of its own.
 */
import { StorageError } from "@keystead/core/Errors"
import { acceptChanges, frozenCopy } from "@keystead/core/storage/Acceptable"
import {
  type Change,
  type CommitConflict,
  compareIds,
  type ScanRange,
  Storage,
  type StoredRecord
} from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { KeysteadNamespace } from "./Bindings.ts"
import { accountOf, directory, nameOf } from "./object/ObjectName.ts"
import { type Answers, errorOf, parseAnswer, type Question } from "./object/Question.ts"

/** How often an object is asked that does not answer, and the first pause, in milliseconds, which doubles each time. */
const attempts = 4
const firstPause = 20

/** How many objects are asked at a time. */
const atATime = 16

const unavailable = (name: string, thrown: unknown) =>
  new StorageError({
    reason: "Unavailable",
    message:
      `The Durable Object ${name} does not answer (${thrown instanceof Error ? thrown.message : "no reason"}). Try `
      + "again.",
    place: name
  })

/** Whether it would only be worse to ask again at once. */
const isOverloaded = (thrown: unknown): boolean =>
  typeof thrown === "object" && thrown !== null && "overloaded" in thrown && thrown.overloaded === true

/**
 * Asks an object. One that was moved or restarted meanwhile is asked again, which is safe: a commit has a name of its own,
 * by which the object knows that it is done already.
 */
export const ask = <Ask extends Question["ask"]>(
  namespace: KeysteadNamespace,
  name: string,
  question: Question & { readonly ask: Ask }
): Effect.Effect<Answers[Ask], StorageError | CommitConflict> => {
  const text = JSON.stringify(question)
  const again = (count: number): Effect.Effect<string, StorageError> =>
    Effect.catch(
      Effect.tryPromise({ try: () => namespace.getByName(name).ask(text), catch: (thrown) => ({ thrown }) }),
      ({ thrown }) =>
        count >= attempts || isOverloaded(thrown)
          ? Effect.fail(unavailable(name, thrown))
          : Effect.andThen(Effect.sleep(firstPause * 2 ** (count - 1)), Effect.suspend(() => again(count + 1)))
    )
  return Effect.flatMap(again(1), (reply) => {
    const answer = parseAnswer(reply, question.ask)
    return "done" in answer ? Effect.succeed(answer.done) : Effect.fail(errorOf(answer))
  })
}

/** What reads or notes meets no conflict. */
const noConflict = <A>(asked: Effect.Effect<A, StorageError | CommitConflict>): Effect.Effect<A, StorageError> =>
  Effect.catchTag(asked, "CommitConflict", Effect.die)

/** All accounts that have ever had a record. */
export const accounts = (namespace: KeysteadNamespace): Effect.Effect<ReadonlyArray<string>, StorageError> =>
  noConflict(ask(namespace, directory, { ask: "accounts" }))

const several = (ids: ReadonlyArray<string>) =>
  new StorageError({
    reason: "Unacceptable",
    message: "Records of several accounts are in several Durable Objects, and are not changed together.",
    place: ids[0] ?? ""
  })

const grouped = (ids: ReadonlyArray<string>): ReadonlyArray<readonly [name: string, ids: ReadonlyArray<string>]> => {
  const groups = new Map<string, Array<string>>()
  for (const id of ids) {
    const name = nameOf(accountOf(id))
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [id])
    else group.push(id)
  }
  return [...groups]
}

/** Nobody who reads a record changes what others read. */
const frozen = ({ id, value, version }: StoredRecord): StoredRecord =>
  Object.freeze({ id, version, value: frozenCopy(value) ?? null })

/** The store in those objects, of the root key with that check value. */
export const make = (namespace: KeysteadNamespace, key: string): Storage["Service"] => {
  const readFrom = (name: string, ids: ReadonlyArray<string>) =>
    noConflict(ask(namespace, name, { ask: "read", key, ids }))
  const scanIn = (name: string, range: ScanRange) => noConflict(ask(namespace, name, { ask: "scan", key, range }))

  const read: Storage["Service"]["read"] = (ids) =>
    Effect.map(
      Effect.forEach(grouped(ids), ([name, own]) => readFrom(name, own), { concurrency: atATime }),
      (found) => new Map(found.flat().map((record) => [record.id, frozen(record)]))
    )

  const scanAll = Effect.fnUntraced(function*(range: ScanRange) {
    const names = [directory, ...(yield* accounts(namespace)).map(nameOf)]
    const pages = yield* Effect.forEach(names, (name) => scanIn(name, range), { concurrency: atATime })
    return pages.flat().toSorted((one, other) => compareIds(one.id, other.id)).slice(0, range.limit)
  })

  const scan = (range: ScanRange): Effect.Effect<ReadonlyArray<StoredRecord>, StorageError> => {
    const account = accountOf(range.prefix)
    const page = account === undefined ? scanAll(range) : scanIn(nameOf(account), range)
    return Effect.map(page, (records) => records.map(frozen))
  }

  const commitIn = (name: string, account: string | undefined, changes: ReadonlyArray<Change>) =>
    Effect.suspend(() =>
      ask(namespace, name, { ask: "commit", key, id: globalThis.crypto.randomUUID(), account, changes })
    )

  const commit = (given: ReadonlyArray<Change>): Effect.Effect<void, CommitConflict | StorageError> => {
    const accepted = acceptChanges(given)
    if (Result.isFailure(accepted)) return Effect.fail(accepted.failure)
    const changes = accepted.success
    const own = changes.filter(({ id }) => accountOf(id) !== undefined)
    const others = changes.filter(({ id }) => accountOf(id) === undefined)
    const names = new Set(own.map(({ id }) => accountOf(id)))
    const [account] = names
    if (names.size > 1) return Effect.fail(several(own.map(({ id }) => id)))
    // What belongs to no account is written once, whatever is written with it: it comes first.
    const first = others.length === 0 ? Effect.void : commitIn(directory, undefined, others)
    return Effect.asVoid(own.length === 0 ? first : Effect.andThen(first, commitIn(nameOf(account), account, own)))
  }

  return Storage.of({ read, scan, commit })
}
