/** The operations of several groups, together. */
import type { Operation } from "../operations/Operation.ts"
import type { Group, Operations } from "./Group.ts"

/** All members of all the members of a union. */
export type Together<Each> = (Each extends unknown ? (each: Each) => void : never) extends (all: infer All) => void ?
  All
  : never

/** The operations of all these groups by their names. */
export type OperationsOf<Groups extends ReadonlyArray<Group>> = Together<Groups[number]["operations"]>

/** The operations of all these groups by their names: what `Client.make` takes of an embedder that names several. */
export function operationsOf<const Groups extends ReadonlyArray<Group>>(groups: Groups): OperationsOf<Groups>
export function operationsOf(groups: ReadonlyArray<Group>): Operations {
  return Object.fromEntries(groups.flatMap(({ operations }) => Object.entries<Operation>(operations)))
}
