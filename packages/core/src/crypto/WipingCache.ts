/**
 * A small cache of secrets: bounded in number and age, least recently used out first, and each value is wiped when it
 * has left the cache and nobody borrows it any more.
 */

/** How much a cache keeps. */
export interface Bounds {
  /** At most so many values. */
  readonly number: number
  /** None for so many milliseconds since it was put in. */
  readonly age: number
}

/** A value in the cache, or one that has left it while borrowed. */
export interface Entry<Value> {
  readonly value: Value
  readonly added: number
  borrowers: number
  evicted: boolean
}

export interface WipingCache<Value> {
  /** The value, if it is there and not too old. Whoever borrows gives back. */
  readonly borrow: (key: string, now: number) => Entry<Value> | undefined
  /** Puts a value in, already borrowed once. If one is there already it leaves. */
  readonly add: (key: string, value: Value, now: number) => Entry<Value>
  readonly giveBack: (entry: Entry<Value>) => void
  /** Whatever is too old leaves. */
  readonly expire: (now: number) => void
  /** Everything leaves. */
  readonly clear: () => void
}

/** The first and the last of some moments: they tell nearly always that none is too old. */
const makeMoments = () => {
  let [earliest, latest] = [Infinity, -Infinity]
  return {
    note: (moment: number): void => {
      earliest = Math.min(earliest, moment)
      latest = Math.max(latest, moment)
    },
    forget: (): void => {
      earliest = Infinity
      latest = -Infinity
    },
    /** Whether none is `age` ago or longer, nor later than `now`. */
    areWithin: (age: number, now: number): boolean => now - earliest < age && now >= latest
  }
}

/** A cache of at most `number` values, none older than `age` milliseconds. */
export const make = <Value>(bounds: Bounds, wipe: (value: Value) => void): WipingCache<Value> => {
  // A Map keeps its keys in the order they were put in: the first is the least recently used.
  const entries = new Map<string, Entry<Value>>()
  const moments = makeMoments()
  let newest: Entry<Value> | undefined

  const evict = (key: string, entry: Entry<Value>): void => {
    entries.delete(key)
    entry.evicted = true
    if (entry.borrowers === 0) wipe(entry.value)
  }

  // A clock that went back makes an entry of no known age: it leaves too.
  const isTooOld = (entry: Entry<Value>, now: number) => now - entry.added >= bounds.age || now < entry.added

  const expire = (now: number): void => {
    if (moments.areWithin(bounds.age, now)) return
    moments.forget()
    for (const [key, entry] of entries) {
      if (isTooOld(entry, now)) evict(key, entry)
      else moments.note(entry.added)
    }
  }

  const shrink = (): void => {
    for (const [oldest, old] of entries) {
      if (entries.size <= bounds.number) break
      evict(oldest, old)
    }
  }

  return {
    borrow: (key, now) => {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (isTooOld(entry, now)) {
        evict(key, entry)
        return undefined
      }
      if (entry !== newest) {
        entries.delete(key)
        entries.set(key, entry)
        newest = entry
      }
      entry.borrowers++
      return entry
    },
    add: (key, value, now) => {
      expire(now)
      const present = entries.get(key)
      if (present !== undefined) evict(key, present)
      const entry: Entry<Value> = { value, added: now, borrowers: 1, evicted: false }
      entries.set(key, entry)
      newest = entry
      moments.note(now)
      shrink()
      return entry
    },
    giveBack: (entry) => {
      entry.borrowers--
      if (entry.evicted && entry.borrowers === 0) wipe(entry.value)
    },
    expire,
    clear: () => entries.forEach((entry, key) => evict(key, entry))
  }
}
