/**
 * One writer at a time, over all processes that have the store open.
 *
 * The lock is the directory `locks/held`, with one file in it that tells its owner. It is made under another name and
 * then renamed, so that it appears whole, and only where none is: a rename does not replace a directory that has
 * something in it. The lock of a dead owner is renamed in its turn, to a grave that is named after that very lock. The
 * grave lets no second one in, so that of two waiters who find the same owner dead, only one removes its lock, and
 * never a newer one in its place.
 *
 * Where the system tells for sure whether an owner lives (Linux, within one space of process ids), nothing but death
 * takes a lock away, however long its owner pauses. Where it does not (another container, a process id that may have
 * been given again), an owner counts as dead that gave no sign of life for `SILENCE`; it gives one each `HEARTBEAT`.
 * Should it wake after all, it finds its lock gone before it writes on (`Held.confirm`).
 */
import { StorageError } from "@keystead/core/Errors"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { Buffer } from "node:buffer"
import { join } from "node:path"
import { storageError } from "./Failure.ts"
import { type FileError, type FileSystem, hasCode } from "./FileSystem.ts"
import { parseJson } from "./Json.ts"
import type { Owner, Processes } from "./Processes.ts"

/** How long a writer waits for the lock, in milliseconds, before it gives up with reason "Unavailable". */
export const PATIENCE = 30_000
/** How long an owner may be silent of whom nothing else is known, in milliseconds. */
export const SILENCE = 10_000
/** How often an owner gives a sign of life, in milliseconds. */
export const HEARTBEAT = 2_000
/** The longest pause between two tries, in milliseconds. */
const POLL = 8
/** After how many turns in a row an owner lets others have one. */
const TURNS = 8
/** When what dead owners left behind is swept away, in milliseconds. Until then graves keep late waiters out. */
const DAY = 86_400_000

/** The lock, while it is held. */
export interface Held {
  /** Fails with "Unavailable" when the lock was taken away. To be asked before anything that cannot be undone. */
  readonly confirm: Effect.Effect<void, StorageError>
}

export interface Lock {
  /** Runs an effect as the only writer. Waits at most `PATIENCE`; the effect itself is not interrupted. */
  readonly withLock: <A, E>(use: (held: Held) => Effect.Effect<A, E>) => Effect.Effect<A, E | StorageError>
  /** Removes what dead owners left behind. */
  readonly sweep: Effect.Effect<void>
}

/** The lock of the store that has this folder of locks. */
export const makeLock = (files: FileSystem, processes: Processes, directory: string): Lock => {
  const ground: Ground = { files, processes, directory, unreleased: new Set(), turns: 0, releasedAt: 0n }
  return {
    withLock: (use) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const token = processes.token()
          yield* restore(acquire(ground, token)).pipe(Effect.onError(() => discard(ground, token)))
          const beating = yield* Effect.forkChild(Effect.interruptible(heartbeat(ground, token)))
          const leave = Effect.andThen(Fiber.interrupt(beating), release(ground, token))
          return yield* Effect.ensuring(use({ confirm: confirm(ground, token) }), leave)
        })
      ),
    sweep: Effect.ignore(sweep(ground))
  }
}

/** What one handle knows of its lock. */
interface Ground {
  readonly files: FileSystem
  readonly processes: Processes
  readonly directory: string
  /** Locks of this handle that are its no longer, although they could not be removed. */
  readonly unreleased: Set<string>
  /** How many turns this handle had in a row, and when the last one ended (monotonic nanoseconds). */
  turns: number
  releasedAt: bigint
}

const placeOf = ({ directory }: Ground) => join(directory, "held")
const fileIn = (directory: string, token: string) => join(directory, `${token}.json`)
const milliseconds = (nanoseconds: bigint) => Number(nanoseconds / 1_000_000n)

const acquire = Effect.fnUntraced(function*(ground: Ground, token: string) {
  yield* prepare(ground, token)
  yield* yieldTurn(ground, token)
  const start = yield* Clock.monotonicTimeNanos
  let witness: Witness | undefined
  while (!(yield* take(ground, token))) {
    witness = yield* wait(ground, witness)
    const waited = milliseconds((yield* Clock.monotonicTimeNanos) - start)
    if (waited > PATIENCE) yield* busy(placeOf(ground), witness?.owner)
  }
}, Effect.catchTag("FileError", (error) => Effect.fail(storageError(error))))

/** Makes the lock under a name of its own, complete, to be renamed. */
const prepare = Effect.fnUntraced(function*({ directory, files, processes }: Ground, token: string) {
  yield* files.makeDirectory(join(directory, token))
  yield* Effect.acquireUseRelease(
    files.create(fileIn(join(directory, token), token)),
    (file) => file.append(Buffer.from(`${JSON.stringify(processes.self)}\n`)),
    (file) => file.close
  )
})

const discard = ({ directory, files }: Ground, token: string): Effect.Effect<void> =>
  Effect.andThen(
    Effect.ignore(files.remove(fileIn(join(directory, token), token))),
    Effect.ignore(files.removeDirectory(join(directory, token)))
  )

/** Whether the lock could be had. */
const take = (ground: Ground, token: string): Effect.Effect<boolean, FileError> =>
  ground.files.rename(join(ground.directory, token), placeOf(ground)).pipe(
    Effect.as(true),
    // Windows says EPERM where something stands in the way.
    Effect.catchIf(hasCode("EEXIST", "ENOTEMPTY", "EPERM"), () => Effect.succeed(false))
  )

const release = Effect.fnUntraced(function*(ground: Ground, token: string) {
  const removed = yield* Effect.result(remove(ground, token))
  if (removed._tag === "Failure") {
    // Others wait until the disk lets go of it. This handle knows better, and takes it away when it wants it again.
    ground.unreleased.add(token)
    yield* Effect.forkDetach(Effect.retry(remove(ground, token), RETRIES))
  }
  ground.releasedAt = yield* Clock.monotonicTimeNanos
})

/** Removes the lock, if it is there. */
const remove = Effect.fnUntraced(function*(ground: Ground, token: string) {
  const place = placeOf(ground)
  yield* Effect.catchIf(ground.files.remove(fileIn(place, token)), hasCode("ENOENT"), () => Effect.void)
  ground.unreleased.delete(token)
  yield* Effect.ignore(ground.files.removeDirectory(place))
})

/** At growing intervals, for half a minute. */
const RETRIES = { times: 14, schedule: Schedule.exponential(2) }

const confirm = (ground: Ground, token: string): Effect.Effect<void, StorageError> =>
  Effect.mapError(Effect.asVoid(ground.files.modified(fileIn(placeOf(ground), token))), () => {
    const message = `The lock ${placeOf(ground)} was taken away from this process, which had paused. Try again.`
    return new StorageError({ reason: "Unavailable", message, place: placeOf(ground) })
  })

const heartbeat = (ground: Ground, token: string): Effect.Effect<never> =>
  Effect.forever(
    Effect.andThen(Effect.sleep(HEARTBEAT), Effect.ignore(ground.files.touch(fileIn(placeOf(ground), token))))
  )

/** A lock that stood in the way, and since when it looks as it does (monotonic nanoseconds). */
interface Witness {
  readonly token: string
  readonly owner: Owner | undefined
  readonly modified: number
  readonly since: bigint
  /** Whether it was found dead before, and could not be buried. */
  readonly isStuck: boolean
}

/** Waits a moment for the lock's owner, and buries a dead one. */
const wait = Effect.fnUntraced(function*(
  ground: Ground,
  before: Witness | undefined
): Effect.fn.Return<Witness | undefined, FileError> {
  const found = yield* look(ground)
  if (found === undefined) return undefined
  const now = yield* Clock.monotonicTimeNanos
  const isSame = before?.token === found.token && before.modified === found.modified
  const since = isSame ? before.since : now
  const life = lifeOf(ground, found)
  if (life === "Dead" || (life === "Unknown" && milliseconds(now - since) >= SILENCE)) {
    if (before?.token === found.token && before.isStuck) yield* clearGrave(ground, found.token)
    return { ...found, since, isStuck: !(yield* bury(ground, found.token)) }
  }
  yield* Effect.sleep(1 + (yield* Random.nextIntBetween(0, POLL)))
  return { ...found, since, isStuck: false }
})

/** The lock that stands in the way. */
const look = Effect.fnUntraced(function*(ground: Ground) {
  const { files } = ground
  const place = placeOf(ground)
  const names = yield* Effect.catchIf(files.list(place), hasCode("ENOENT"), () => Effect.succeed([]))
  const token = names.find((name) => name.endsWith(".json"))?.slice(0, -".json".length)
  if (token === undefined) {
    // Released by half: its owner died in between. The removal fails when someone has taken the place since.
    yield* Effect.ignore(files.removeDirectory(place))
    return undefined
  }
  const file = fileIn(place, token)
  return yield* Effect.all([files.read(file), files.modified(file)]).pipe(
    Effect.map(([bytes, modified]) => ({ token, modified, owner: ownerOf(bytes) })),
    Effect.catchIf(hasCode("ENOENT"), () => Effect.succeed(undefined))
  )
})

const lifeOf = ({ processes, unreleased }: Ground, { owner, token }: Pick<Witness, "owner" | "token">) => {
  // A lock is complete before it is in place: one that tells no owner lost it with the machine's power.
  return owner === undefined || unreleased.has(token) ? "Dead" : processes.lifeOf(owner)
}

/** Whether the dead owner's lock was buried. If not, another waiter was first. */
const bury = Effect.fnUntraced(function*(ground: Ground, token: string) {
  const { directory, files } = ground
  const grave = graveOf(directory, token)
  if (!(yield* Effect.isSuccess(files.rename(placeOf(ground), grave)))) return false
  const names = yield* files.list(grave)
  // The owner was alive after all, and released its lock: this is the next owner's. Give it back.
  if (!names.includes(`${token}.json`)) yield* Effect.ignore(files.rename(grave, placeOf(ground)))
  return true
})

/** A lock that lies in its grave and in its place: some disks forget half of a rename when the power goes. */
const clearGrave = ({ directory, files }: Ground, token: string) => {
  const grave = graveOf(directory, token)
  return Effect.andThen(
    Effect.ignore(files.remove(fileIn(grave, token))),
    Effect.ignore(files.removeDirectory(grave))
  )
}

const graveOf = (directory: string, token: string) => join(directory, `${GRAVE}${token}`)
const GRAVE = "dead-"

/** Lets others have a turn, when this handle had several in a row and others wait. */
const yieldTurn = Effect.fnUntraced(function*(ground: Ground, token: string) {
  const now = yield* Clock.monotonicTimeNanos
  ground.turns = milliseconds(now - ground.releasedAt) < POLL ? ground.turns + 1 : 0
  if (ground.turns < TURNS) return
  ground.turns = 0
  const names = yield* ground.files.list(ground.directory)
  const isContended = names.some((name) => name !== token && name !== "held" && !name.startsWith(GRAVE))
  if (isContended) yield* Effect.sleep(2 * POLL)
})

const sweep = Effect.fnUntraced(function*({ directory, files, processes }: Ground) {
  const now = yield* Clock.currentTimeMillis
  for (const name of yield* files.list(directory)) {
    const token = name.startsWith(GRAVE) ? name.slice(GRAVE.length) : name
    const file = fileIn(join(directory, name), token)
    const bytes = yield* Effect.option(files.read(file))
    const owner = bytes._tag === "Some" ? ownerOf(bytes.value) : undefined
    const age = now - (yield* Effect.orElseSucceed(files.modified(file), () => now))
    const isDeadWaiter = name === token && owner !== undefined && processes.lifeOf(owner) === "Dead"
    if (name === "held" || !(isDeadWaiter || age > DAY)) continue
    yield* Effect.ignore(files.remove(file))
    yield* Effect.ignore(files.removeDirectory(join(directory, name)))
  }
})

const ownerOf = (bytes: Uint8Array): Owner | undefined => {
  const owner = parseJson(Buffer.from(bytes).toString())
  return isOwner(owner) ? owner : undefined
}

const isOwner = (value: unknown): value is Owner =>
  typeof value === "object" && value !== null &&
  "pid" in value && Number.isSafeInteger(value.pid) &&
  ["host", "boot", "space", "started"].every((name) => typeof Reflect.get(value, name) === "string")

const busy = (place: string, owner: Owner | undefined) => {
  const who = owner === undefined ? "someone" : `process ${owner.pid} on ${owner.host}`
  const message = `The store is held by ${who} for more than ${PATIENCE / 1000} seconds (${place}). ` +
    `If that process hangs, end it, and try again.`
  return new StorageError({ reason: "Unavailable", message, place })
}
