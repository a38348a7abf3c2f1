/** Hooks: what a view loads, and what it does. */
import { useCallback, useEffect, useState } from "preact/hooks"
import { type Refused, refusedOf } from "../backend/Refusal.ts"

/** Something that is loaded when the view shows, and whenever `dependencies` change. */
export interface Loading<Value> {
  readonly value: Value | undefined
  readonly problem: Refused | undefined
  /** Loads it again; what was there stays until then. */
  readonly reload: () => Promise<void>
}

/** Loads. An answer that comes after a newer question is dropped. */
export const useLoaded = <Value>(load: () => Promise<Value>, dependencies: ReadonlyArray<unknown>): Loading<Value> => {
  const [value, setValue] = useState<Value>()
  const [problem, setProblem] = useState<Refused>()
  const [asked] = useState({ count: 0 })
  const reload = useCallback(async () => {
    const mine = ++asked.count
    try {
      const next = await load()
      if (mine !== asked.count) return
      setValue(() => next)
      setProblem(undefined)
    } catch (error) {
      if (mine === asked.count) setProblem(refusedOf(error))
    }
  }, [...dependencies])
  useEffect(() => void reload(), [reload])
  return { value, problem, reload }
}

/** Something that is done when asked for. */
export interface Action {
  readonly busy: boolean
  readonly problem: Refused | undefined
  /** Does it, and keeps its error. Whether it succeeded. */
  readonly run: (work: () => Promise<void>) => Promise<boolean>
  readonly forget: () => void
}

/** One thing at a time. */
export const useAction = (): Action => {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Refused>()
  const run = async (work: () => Promise<void>): Promise<boolean> => {
    setBusy(true)
    setProblem(undefined)
    try {
      await work()
      return true
    } catch (error) {
      setProblem(refusedOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { busy, problem, run, forget: () => setProblem(undefined) }
}
