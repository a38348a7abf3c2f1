/**
 * A persistent map, sorted by `compareIds`: a weight-balanced tree whose nodes never change, so that an older map stays
 * as it was, and shares nearly all of its nodes with the newer one.
 *
 * Balance after S. Adams, "Efficient sets: a balancing act" (1993), with the parameters (3, 2) that Y. Hirai and
 * K. Yamamoto proved right, "Balancing weight-balanced trees" (2011). Get, set and remove take O(log n).
 */
import { compareIds, comparisonWith, type ScanRange } from "./Storage.ts"

/** A node of the tree, with what hangs below it. */
export interface Node<A> {
  readonly key: string
  readonly value: A
  readonly size: number
  readonly left: SortedMap<A>
  readonly right: SortedMap<A>
}

/** A map from strings to `A`; the empty map is `undefined`. */
export type SortedMap<A> = Node<A> | undefined

/** The map without entries. */
export const empty: SortedMap<never> = undefined

/** How many entries the map has. */
export const size = <A>(map: SortedMap<A>): number => map === undefined ? 0 : map.size

type Comparison = (left: string, right: string) => number

/** The value under that key, or `undefined`. */
export const get = <A>(map: SortedMap<A>, key: string): A | undefined => {
  const compare = comparisonWith(key)
  let node = map
  while (node !== undefined) {
    const order = compare(key, node.key)
    if (order === 0) return node.value
    node = order < 0 ? node.left : node.right
  }
  return undefined
}

/** The map with that entry added or replaced. */
export const set = <A>(map: SortedMap<A>, key: string, value: A): SortedMap<A> =>
  setBy(comparisonWith(key), map, key, value)

const setBy = <A>(compare: Comparison, map: SortedMap<A>, key: string, value: A): Node<A> => {
  if (map === undefined) return join(key, value, undefined, undefined)
  const order = compare(key, map.key)
  if (order < 0) return balance(map, setBy(compare, map.left, key, value), map.right)
  if (order > 0) return balance(map, map.left, setBy(compare, map.right, key, value))
  return join(key, value, map.left, map.right)
}

/** The map without that key; the same map when it has no such key. */
export const remove = <A>(map: SortedMap<A>, key: string): SortedMap<A> => removeBy(comparisonWith(key), map, key)

const removeBy = <A>(compare: Comparison, map: SortedMap<A>, key: string): SortedMap<A> => {
  if (map === undefined) return undefined
  const order = compare(key, map.key)
  if (order === 0) return glue(map.left, map.right)
  const before = order < 0 ? map.left : map.right
  const after = removeBy(compare, before, key)
  if (after === before) return map
  return order < 0 ? balance(map, after, map.right) : balance(map, map.left, after)
}

/** The map of entries that are sorted already, each key once. Takes O(n). */
export const fromSorted = <A>(sorted: ReadonlyArray<readonly [string, A]>): SortedMap<A> => {
  const build = (from: number, to: number): SortedMap<A> => {
    const middle = (from + to) >>> 1
    const entry = sorted[middle]
    return from >= to || entry === undefined
      ? undefined
      : join(entry[0], entry[1], build(from, middle), build(middle + 1, to))
  }
  return build(0, sorted.length)
}

/**
 * The nodes whose keys begin with the prefix, from the one after `after` on where it is given, in order, at most `limit`
 * of them. Takes O(log n + limit).
 */
export const page = <A>(map: SortedMap<A>, { after, limit, prefix }: ScanRange): ReadonlyArray<Node<A>> => {
  // Keys with one prefix stand together. A key after `after` but before the prefix is none of them.
  const start = after === undefined || compareIds(after, prefix) < 0 ? prefix : after
  const compare = comparisonWith(start)
  const path: Array<Node<A>> = []
  for (let node = map; node !== undefined;) {
    const order = compare(start, node.key)
    const isIn = order < 0 || (order === 0 && start !== after)
    if (isIn) path.push(node)
    node = isIn ? node.left : node.right
  }
  const found: Array<Node<A>> = []
  for (let next = path.pop(); next !== undefined && found.length < limit; next = path.pop()) {
    found.push(next)
    for (let node = next.right; node !== undefined; node = node.left) path.push(node)
  }
  // Only the last ones can lie beyond the prefix: most pages are full, and their keys need not be looked at.
  while (found.at(-1)?.key.startsWith(prefix) === false) found.pop()
  return found
}

const join = <A>(key: string, value: A, left: SortedMap<A>, right: SortedMap<A>): Node<A> => ({
  key,
  value,
  size: size(left) + size(right) + 1,
  left,
  right
})

/** A subtree may weigh at most this many times its sibling (weight is size + 1). */
const DELTA = 3
/** An inner grandchild from this ratio on asks for a double rotation. */
const GAMMA = 2

const weight = <A>(map: SortedMap<A>): number => size(map) + 1

/** A node with the entry of `top` over two subtrees, one of which may have gained or lost one entry. */
const balance = <A>(top: Node<A>, left: SortedMap<A>, right: SortedMap<A>): Node<A> => {
  if (right !== undefined && weight(right) > DELTA * weight(left)) return rotateLeft(top, left, right)
  if (left !== undefined && weight(left) > DELTA * weight(right)) return rotateRight(top, left, right)
  return join(top.key, top.value, left, right)
}

const rotateLeft = <A>(top: Node<A>, left: SortedMap<A>, right: Node<A>): Node<A> => {
  const inner = right.left
  if (inner === undefined || weight(inner) < GAMMA * weight(right.right)) {
    return join(right.key, right.value, join(top.key, top.value, left, inner), right.right)
  }
  const outer = join(right.key, right.value, inner.right, right.right)
  return join(inner.key, inner.value, join(top.key, top.value, left, inner.left), outer)
}

const rotateRight = <A>(top: Node<A>, left: Node<A>, right: SortedMap<A>): Node<A> => {
  const inner = left.right
  if (inner === undefined || weight(inner) < GAMMA * weight(left.left)) {
    return join(left.key, left.value, left.left, join(top.key, top.value, inner, right))
  }
  const outer = join(left.key, left.value, left.left, inner.left)
  return join(inner.key, inner.value, outer, join(top.key, top.value, inner.right, right))
}

/** One map of two, where every key on the left is less than every key on the right. */
const glue = <A>(left: SortedMap<A>, right: SortedMap<A>): SortedMap<A> => {
  if (right === undefined) return left
  let first = right
  while (first.left !== undefined) first = first.left
  return balance(first, left, remove(right, first.key))
}
