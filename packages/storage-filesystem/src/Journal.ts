/**
 * The journal as this process follows it: what others committed since it last looked, taken into its memory.
 *
 * A reader needs no lock. It sees a commit when its mark is there, which is written when the commit is on the disk; and
 * as record files change only after that, a reader that finds nothing new in the journal after it read a file knows
 * that the file held what it should (`Reader.ts`).
 */
import type { StorageError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { Buffer } from "node:buffer"
import { corrupt, storageError } from "./Failure.ts"
import { type FileError, type FileSystem, hasCode, type OpenFile } from "./FileSystem.ts"
import { committedLine, nextLine, readBegin, readStretch } from "./JournalText.ts"
import { journalNumber, type Layout } from "./Layout.ts"
import type { Memory } from "./Memory.ts"

/** The longest first line of a journal, in bytes. */
const BEGIN_LENGTH = 256

const REMEDY = "Put a copy from a backup in its place; or move it away, and the store goes on from its record files, " +
  "which hold everything but what was lost with the machine's power."

export interface Journal {
  /** Takes in everything that is committed. One look at the journal's length when nothing is. */
  readonly catchUp: Effect.Effect<void, StorageError>
  /** The journal's number, and how far it was read. */
  readonly position: () => Position
  /** Whether the journal ends where the last commit's mark does. If not, a commit is on its way, or its writer died. */
  readonly isWhole: Effect.Effect<boolean, StorageError>
  /** Takes in commits that no mark follows, where there can be no writer who would mark them. */
  readonly adopt: Effect.Effect<void, StorageError>
  /**
   * To be run by the writer before it writes: gives the commits of a writer that died their mark, cuts off what broke,
   * and catches up. `abandoned` tells the commits that this process answered with an error: they are cut off, too.
   */
  readonly recover: (abandoned: boolean) => Effect.Effect<void, StorageError>
  readonly close: Effect.Effect<void>
}

/** How far a journal was read. */
export interface Position {
  readonly number: number
  readonly offset: number
}

/** Opens the newest journal and takes it in. */
export const openJournal = Effect.fnUntraced(function*(files: FileSystem, layout: Layout, memory: Memory) {
  const at = yield* enterNewest(files, layout)
  memory.forget(at.sequence)
  const state: State = { files, layout, memory, ...at, seen: -1, named: -1 }
  const turn = Semaphore.makeUnsafe(1)
  const journal: Journal = {
    catchUp: Effect.suspend(() =>
      Effect.flatMap(state.file.size, (size) => size === state.seen ? Effect.void : turn.withPermit(follow(state)))
    ).pipe(Effect.catchTag("FileError", failed)),
    position: () => ({ number: state.number, offset: state.offset }),
    isWhole: Effect.suspend(() => state.file.size).pipe(
      Effect.map((size) => size === state.offset),
      Effect.catchTag("FileError", failed)
    ),
    adopt: turn.withPermit(adopt(state)).pipe(Effect.catchTag("FileError", failed)),
    recover: (abandoned) => turn.withPermit(recover(state, abandoned)).pipe(Effect.catchTag("FileError", failed)),
    close: Effect.suspend(() => state.file.close)
  }
  yield* Effect.onError(journal.catchUp, () => journal.close)
  return journal
}, Effect.catchTag("FileError", (error) => failed(error)))

const failed = (error: FileError) => Effect.fail(storageError(error))

interface State {
  readonly files: FileSystem
  readonly layout: Layout
  readonly memory: Memory
  number: number
  file: OpenFile
  /** Up to here the journal is taken in. */
  offset: number
  /** How long the journal was when all of it that is committed had been taken in; -1 when that is not known. */
  seen: number
  /** The number of the journal whose name is known to be on the disk. */
  named: number
}

const follow = Effect.fnUntraced(function*(state: State) {
  for (let size = yield* state.file.size; size !== state.seen; size = yield* state.file.size) {
    const { committed, length, next } = yield* stretch(state, size)
    // From here to the next `yield*` nobody can look: memory and offset change together.
    for (const entry of committed) state.memory.accept(entry)
    state.offset += length
    if (next === undefined) state.seen = size
    else yield* enter(state, next)
  }
})

/** Reads on from where the journal was left. */
const stretch = Effect.fnUntraced(function*({ file, layout, memory, number, offset }: State, size: number) {
  const place = layout.journal(number)
  if (size < offset) return yield* corrupt(place, "was cut short", REMEDY)
  const found = readStretch(yield* file.read(offset, size - offset), memory.sequence())
  if (typeof found !== "number") return found
  return yield* corrupt(place, `is damaged at byte ${offset + found}`, REMEDY)
})

/** Goes on in the next journal; or, when it has gone, too, in the newest one, with nothing known of what was between. */
const enter = Effect.fnUntraced(function*(state: State, next: number) {
  const { file: old, files, layout, memory } = state
  const place = yield* Effect.catchIf(enterJournal(files, layout, next), isMissing, () => enterNewest(files, layout))
  if (place.number === next) memory.settle()
  else memory.forget(place.sequence)
  Object.assign(state, { number: place.number, file: place.file, offset: place.offset, seen: -1 })
  yield* old.close
})

const isMissing = (error: FileError | StorageError): error is FileError =>
  error._tag === "FileError" && error.code === "ENOENT"

const enterJournal = Effect.fnUntraced(function*(files: FileSystem, layout: Layout, number: number) {
  const place = layout.journal(number)
  const file = yield* files.openToRead(place)
  const begin = readBegin(yield* file.read(0, BEGIN_LENGTH))
  if (begin?.journal === number) return { number, file, offset: begin.length, sequence: begin.sequence }
  yield* file.close
  return yield* corrupt(place, "does not begin as a journal does", REMEDY)
})

/** The journal that is written to now. */
const enterNewest = (files: FileSystem, layout: Layout): ReturnType<typeof enterJournal> =>
  Effect.gen(function*() {
    const number = yield* newestJournal(files, layout)
    if (number === undefined) return yield* corrupt(layout.journals, "holds no journal", REMEDY)
    // It may have been put away since its name was listed.
    return yield* Effect.catchIf(enterJournal(files, layout, number), isMissing, () => enterNewest(files, layout))
  })

/** The highest number of a journal that there is. */
export const newestJournal = (files: FileSystem, layout: Layout): Effect.Effect<number | undefined, FileError> =>
  Effect.map(files.list(layout.journals), (names) => {
    const numbers = names.map(journalNumber).filter((number) => number !== undefined)
    return numbers.length === 0 ? undefined : Math.max(...numbers)
  })

const adopt = Effect.fnUntraced(function*(state: State) {
  yield* follow(state)
  const { pending, pendingEnd } = yield* stretch(state, state.seen)
  for (const entry of pending) state.memory.accept(entry)
  state.offset += pendingEnd
})

const recover = Effect.fnUntraced(function*(state: State, abandoned: boolean) {
  yield* follow(state)
  yield* mend(state, abandoned)
  // A writer may have died between beginning a journal and ending the one before.
  while (yield* exists(state.files, state.layout.journal(state.number + 1))) {
    yield* writing(state, (file) => file.append(Buffer.from(nextLine(state.number + 1))))
    yield* follow(state)
    yield* mend(state, abandoned)
  }
  if (state.named === state.number) return
  // Whoever began the journal may have died before its name was on the disk, and with it all that is written to it.
  yield* state.files.syncDirectory(state.layout.journals)
  state.named = state.number
})

/** Marks whole commits at the journal's end, and cuts off the rest. */
const mend = Effect.fnUntraced(function*(state: State, abandoned: boolean) {
  if (state.seen === state.offset) return
  const { pending, pendingEnd } = yield* stretch(state, state.seen)
  const last = abandoned ? undefined : pending.at(-1)
  const end = state.offset + (last === undefined ? 0 : pendingEnd)
  yield* writing(
    state,
    Effect.fnUntraced(function*(file) {
      yield* file.truncate(end)
      yield* file.sync
      if (last !== undefined) yield* file.append(Buffer.from(committedLine(last.sequence)))
    })
  )
  yield* follow(state)
})

const writing = <A>({ files, layout, number }: State, use: (file: OpenFile) => Effect.Effect<A, FileError>) =>
  Effect.acquireUseRelease(files.openToWrite(layout.journal(number)), use, (file) => file.close)

const exists = (files: FileSystem, path: string): Effect.Effect<boolean, FileError> =>
  files.modified(path).pipe(
    Effect.as(true),
    Effect.catchIf(hasCode("ENOENT"), () => Effect.succeed(false))
  )
