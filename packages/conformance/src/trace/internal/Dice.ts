/** Choices that are the same for the same seed, in every runtime. */
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"

/** Makes choices. */
export interface Dice {
  /** A whole number from 0 on, below `end`, which is at most 2³². */
  readonly below: (end: number) => number
  /** True so many times in a hundred. */
  readonly often: (percent: number) => boolean
  /** One of them; undefined of none. */
  readonly maybe: <Item>(items: ReadonlyArray<Item>) => Item | undefined
  /** One of them, or the first of none that is given besides. */
  readonly pick: <Item>(items: readonly [Item, ...ReadonlyArray<Item>]) => Item
  readonly bytes: (length: number) => Uint8Array
}

/** The choices that a seed stands for. */
export const of = (seed: string): Dice => {
  const bytes = insecureSeeded(seed)
  const below = (end: number) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes(4)
    return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % end
  }
  return {
    below,
    often: (percent) => below(100) < percent,
    maybe: (items) => items[below(Math.max(items.length, 1))],
    pick: (items) => items[below(items.length)] ?? items[0],
    bytes
  }
}
