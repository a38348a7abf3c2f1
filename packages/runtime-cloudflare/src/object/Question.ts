/** What a Worker asks a Durable Object, and what it is answered: JSON texts, of one version of one Worker on both sides. */
import type { Entry } from "@keystead/core/audit/Chain"
import { StorageError } from "@keystead/core/Errors"
import {
  type Change,
  CommitConflict,
  type Json,
  type ScanRange,
  type StoredRecord
} from "@keystead/core/storage/Storage"

/** What is asked. `key` tells the root key: the check value that a store keeps of it. */
export type Question =
  | { readonly ask: "read"; readonly key: string; readonly ids: ReadonlyArray<string> }
  | { readonly ask: "scan"; readonly key: string; readonly range: ScanRange }
  /** `id` names the commit: the same one twice is done once. `account` is the object's own, if it is an account's. */
  | {
    readonly ask: "commit"
    readonly key: string
    readonly id: string
    readonly account: string | undefined
    readonly changes: ReadonlyArray<Change>
  }
  /** Of the object that knows the accounts. */
  | { readonly ask: "enlist"; readonly account: string }
  | { readonly ask: "accounts" }
  /** Of the audit trail. `writer` names the object. */
  | { readonly ask: "note"; readonly writer: string; readonly events: ReadonlyArray<Json> }
  | { readonly ask: "events"; readonly after: number; readonly limit: number }

/** A page of the audit trail. */
export interface EventPage {
  readonly entries: ReadonlyArray<Entry>
  /** The number of the last of them: what the next page comes after. Undefined if there is no next page. */
  readonly next?: number
}

/** What is answered to which question. */
export interface Answers {
  readonly read: ReadonlyArray<StoredRecord>
  readonly scan: ReadonlyArray<StoredRecord>
  readonly commit: null
  readonly enlist: null
  readonly accounts: ReadonlyArray<string>
  readonly note: null
  readonly events: EventPage
}

/** An answer, or why there is none. */
export type Answer<A> =
  | { readonly done: A }
  | { readonly conflict: ReadonlyArray<string> }
  | { readonly failed: Pick<StorageError, "reason" | "message" | "place"> }

/** The place that the error of a Worker with another root key names. */
export const rootKeySecret = "KEYSTEAD_ROOT_KEY"

/** Reads a question. */
export function parseQuestion(text: string): Question
export function parseQuestion(text: string): unknown {
  const question: unknown = JSON.parse(text)
  return question
}

/** Reads the answer to a question of that kind. */
export function parseAnswer<Ask extends Question["ask"]>(text: string, ask: Ask): Answer<Answers[Ask]>
export function parseAnswer(text: string): unknown {
  const answer: unknown = JSON.parse(text)
  return answer
}

/** What an error of the store is answered as. */
export const asAnswer = (error: CommitConflict | StorageError): Answer<never> =>
  error._tag === "CommitConflict"
    ? { conflict: error.ids }
    : {
      failed: {
        reason: error.reason,
        message: error.message,
        ...(error.place === undefined ? {} : { place: error.place })
      }
    }

/** The error that it stands for. */
export const errorOf = (answer: Exclude<Answer<never>, { readonly done: never }>): CommitConflict | StorageError =>
  "conflict" in answer ? new CommitConflict({ ids: answer.conflict }) : new StorageError(answer.failed)
