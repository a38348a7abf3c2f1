import { assert, describe, it } from "@effect/vitest"
import type { StorageError } from "@keystead/core/Errors"
import type { FileSystem } from "@keystead/storage-filesystem/FileSystem"
import { type Held, makeLock, PATIENCE, SILENCE } from "@keystead/storage-filesystem/Lock"
import type { Life, Processes } from "@keystead/storage-filesystem/Processes"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { makeMachine } from "./support/Histories.ts"
import { random } from "./support/Random.ts"
import { type Faults, makeDisk } from "./support/SimulatedDisk.ts"

const LOCKS = "/locks"

/** A disk with a folder of locks, and locks of processes over it. */
const setting = Effect.gen(function*() {
  const [disk, machine] = [makeDisk(), makeMachine()]
  const files = disk.mount()
  yield* files.makeDirectory(LOCKS)
  const lockOf = (processes: Processes, over: FileSystem = disk.mount()) => makeLock(over, processes, LOCKS)
  return { disk, files, machine, lockOf }
})

/** Processes that say this of every other one. */
const seeing = (processes: Processes, life: () => Life): Processes => ({ ...processes, lifeOf: life })

/** Holds a lock until told to leave, and tells what it holds. */
const hold = Effect.fnUntraced(function*(lock: ReturnType<typeof makeLock>) {
  const [taken, leave] = [yield* Deferred.make<Held>(), yield* Deferred.make<void>()]
  const fiber = yield* Effect.forkDetach(
    lock.withLock((held) => Effect.andThen(Deferred.succeed(taken, held), Deferred.await(leave)))
  )
  const held = yield* Deferred.await(taken)
  return { held, release: Effect.andThen(Deferred.succeed(leave, undefined), Fiber.join(fiber)) }
})

describe("Lock", () => {
  it.live("has one owner at a time, whoever dies holding it", () =>
    Effect.gen(function*() {
      for (let seed = 1; seed <= 12; seed++) {
        const { disk, lockOf, machine } = yield* setting
        const next = random(seed)
        let [inside, most, turns] = [0, 0, 0]
        const live = Effect.fnUntraced(function*() {
          for (let turn = 0; turn < 4; turn++) {
            const processes = machine.start()
            // Between any two calls, others may have their turn.
            const faults: Faults = { death: "before" }
            const files = disk.mount(faults)
            const section = Effect.gen(function*() {
              most = Math.max(most, ++inside)
              turns += 1
              for (let step = 0; step < 3; step++) yield* Effect.yieldNow
              inside -= 1
              if (next() < 0.4) {
                machine.kill(processes)
                faults.dieAt = files.calls() + 1
              }
            })
            yield* Effect.exit(lockOf(processes, stuttering(files, next)).withLock(() => section))
          }
        })
        yield* Effect.all([live(), live(), live(), live()], { concurrency: "unbounded", discard: true })
        assert.deepStrictEqual([most, turns], [1, 16])
      }
    }), 20_000)

  it.effect("is not taken from an owner that lives, however long it is silent: whoever waits gives up", () =>
    Effect.gen(function*() {
      const { lockOf, machine } = yield* setting
      const owner = yield* hold(lockOf(machine.start()))
      const waiting = yield* Effect.forkChild(Effect.flip(lockOf(machine.start()).withLock(() => Effect.void)))
      yield* pass(PATIENCE + 1_000)
      const error = yield* Fiber.join(waiting)
      assert.deepInclude(error, { _tag: "StorageError", reason: "Unavailable", place: `${LOCKS}/held` })
      assert.include(error.message, "process 1 on test")
      yield* owner.held.confirm
      yield* owner.release
      yield* lockOf(machine.start()).withLock(() => Effect.void)
    }))

  it.effect("is not taken from an owner of unknown life that gives signs of it", () =>
    Effect.gen(function*() {
      const { lockOf, machine } = yield* setting
      const owner = yield* hold(lockOf(machine.start()))
      const waiter = lockOf(seeing(machine.start(), () => "Unknown"))
      const waiting = yield* Effect.forkChild(Effect.flip(waiter.withLock(() => Effect.void)))
      yield* pass(PATIENCE + 1_000)
      assert.strictEqual((yield* Fiber.join(waiting) as Effect.Effect<StorageError>).reason, "Unavailable")
      yield* owner.release
    }))

  it.effect("is taken from an owner of unknown life after a long silence; should it wake, it finds that out", () =>
    Effect.gen(function*() {
      const { disk, lockOf, machine } = yield* setting
      const files = disk.mount()
      // A process that pauses gives no sign: nothing that it does has an effect.
      const owner = yield* hold(lockOf(machine.start(), { ...files, touch: () => Effect.void }))
      const waiter = lockOf(seeing(machine.start(), () => "Unknown"))
      const waiting = yield* Effect.forkChild(hold(waiter))
      yield* pass(SILENCE - 2_000)
      yield* owner.held.confirm
      yield* pass(4_000)
      const second = yield* Fiber.join(waiting)
      const error = yield* Effect.flip(owner.held.confirm)
      assert.deepInclude(error, { _tag: "StorageError", reason: "Unavailable" })
      // Its release does the new owner no harm.
      yield* owner.release
      yield* second.held.confirm
      yield* second.release
      assert.deepStrictEqual(yield* files.list(LOCKS), ["dead-token-1-0"])
    }))

  it.effect("is given back by a waiter that took it from the wrong owner", () =>
    Effect.gen(function*() {
      const { disk, lockOf, machine } = yield* setting
      const files = disk.mount()
      const first = yield* hold(lockOf(machine.start(), { ...files, touch: () => Effect.void }))
      const second = yield* Deferred.make<Effect.Success<ReturnType<typeof hold>>>()
      // In the very moment in which the waiter buries the first owner's lock, that one leaves, and another one comes.
      let isLate = true
      const rename: FileSystem["rename"] = (from, to) =>
        Effect.suspend(() => {
          if (!isLate || !to.includes("dead-")) return files.rename(from, to)
          isLate = false
          return Effect.gen(function*() {
            yield* Effect.orDie(first.release)
            yield* Deferred.complete(second, hold(lockOf(machine.start())))
            yield* files.rename(from, to)
          })
        })
      const waiter = lockOf(seeing(machine.start(), () => "Unknown"), { ...files, rename })
      const waiting = yield* Effect.forkChild(waiter.withLock(() => Effect.void))
      yield* pass(SILENCE + 1_000)
      const owner = yield* Deferred.await(second)
      yield* owner.held.confirm
      yield* owner.release
      yield* pass(1_000)
      yield* Fiber.join(waiting)
    }))

  it.live("can be had where an owner died while it left", () =>
    Effect.gen(function*() {
      const { files, lockOf, machine } = yield* setting
      yield* files.makeDirectory(`${LOCKS}/held`)
      yield* lockOf(machine.start()).withLock(() => Effect.void)
      assert.deepStrictEqual(yield* files.list(LOCKS), [])
    }))

  it.live("leaves nothing of those who stopped waiting", () =>
    Effect.gen(function*() {
      const { files, lockOf, machine } = yield* setting
      const owner = yield* hold(lockOf(machine.start()))
      const waiting = yield* Effect.forkChild(lockOf(machine.start()).withLock(() => Effect.die("came in")))
      yield* Effect.sleep(20)
      yield* Fiber.interrupt(waiting)
      assert.deepStrictEqual(yield* files.list(LOCKS), ["held"])
      yield* owner.release
    }))

  it.effect("sweeps away what dead waiters left at once, and graves after a day", () =>
    Effect.gen(function*() {
      const { disk, files, lockOf, machine } = yield* setting
      const [waiter, owner] = [machine.start(), machine.start()]
      for (const [processes, dieAt] of [[waiter, 4], [owner, 5]] as const) {
        // It dies after it prepared its lock, or while it holds it.
        yield* Effect.exit(lockOf(processes, disk.mount({ dieAt, death: "before" })).withLock(() => Effect.void))
        machine.kill(processes)
      }
      assert.sameMembers([...yield* files.list(LOCKS)], ["token-1-0", "held"])
      const lock = lockOf(machine.start())
      yield* lock.withLock(() => lock.sweep)
      assert.deepStrictEqual(yield* files.list(LOCKS), ["dead-token-2-1"])
      yield* TestClock.adjust("2 days")
      yield* lock.sweep
      assert.deepStrictEqual(yield* files.list(LOCKS), [])
    }))
})

/** Lets time pass in small steps, so that whoever sleeps wakes in turn. */
const pass = (milliseconds: number) =>
  Effect.repeat(Effect.andThen(TestClock.adjust(500), Effect.yieldNow), { times: milliseconds / 500 - 1 })

/** A file system whose calls let others run before them, now and then. */
const stuttering = (files: FileSystem, next: () => number): FileSystem => {
  const stutter =
    <Args extends ReadonlyArray<unknown>, A, E>(call: (...args: Args) => Effect.Effect<A, E>) => (...args: Args) =>
      Effect.suspend(() => next() < 0.5 ? Effect.andThen(Effect.yieldNow, call(...args)) : call(...args))
  return {
    ...files,
    rename: stutter(files.rename),
    read: stutter(files.read),
    modified: stutter(files.modified),
    list: stutter(files.list),
    remove: stutter(files.remove),
    removeDirectory: stutter(files.removeDirectory)
  }
}
