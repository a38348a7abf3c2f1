/** What the worker does for the page: the open backend, and what else needs the core. */
import type { Access, Lockout } from "@keystead/core/authorization/Analysis"
import type { KeyState } from "@keystead/core/lifecycle/KeyState"
import type { OperationName } from "@keystead/core/operations/Registry"
import type { About, Call, Choice, Store } from "../backend/Backend.ts"
import type { Refused } from "../backend/Refusal.ts"
import type { ChainReport } from "./CheckChain.ts"
import type { FileJob, FileResult } from "./FileJob.ts"

/** What an operation does in each state of a key. */
export interface LifecycleRow {
  readonly operation: OperationName
  /** `proceeds`, `becomes STATE`, or the name of the error that refuses it. */
  readonly outcomes: Readonly<Record<KeyState, string>>
}

/** The key that a policy is for. */
export interface PolicyOf {
  readonly arn: string
  readonly account: string
  readonly text: string
}

/** What a key policy says. */
export type PolicyReading =
  | { readonly valid: false; readonly problem: Refused }
  | {
    readonly valid: true
    /** For each action that was asked about, who can do it. */
    readonly capabilities: ReadonlyArray<{ readonly action: string; readonly access: ReadonlyArray<Access> }>
    readonly lockout: Lockout
  }

/** Whom a new key's policy names. */
export interface PolicyPeople {
  /** Twelve digits. */
  readonly account: string
  readonly administrators: ReadonlyArray<string>
  readonly users: ReadonlyArray<string>
}

/** All of it answers by promises, whose rejections are Refusals. */
export interface Engine extends Store {
  /** Closes what is open, and opens something else. */
  readonly open: (choice: Choice) => Promise<About>
  readonly close: () => Promise<void>
  readonly call: Call
  /** The lifecycle table. */
  readonly lifecycle: () => Promise<ReadonlyArray<LifecycleRow>>
  /** The key policy that the AWS console writes. It fails if somebody in it is no principal. */
  readonly writePolicy: (people: PolicyPeople) => Promise<string>
  /** Who can do the actions, such as `kms:Encrypt`, by this policy. */
  readonly readPolicy: (policy: PolicyOf, actions: ReadonlyArray<string>) => Promise<PolicyReading>
  /** The last entries of the open backend's audit trail, the newest last. */
  readonly auditLast: (count: number) => Promise<ReadonlyArray<string>>
  /** All lines of it. */
  readonly auditAll: () => Promise<string>
  /** Checks the chain of an audit trail. */
  readonly auditCheck: (text: string) => Promise<ChainReport>
  /** Seals or opens a file. The port tells how many bytes of it are done, and is told to cancel. */
  readonly transfer: (job: FileJob, port: MessagePort) => Promise<FileResult>
}
