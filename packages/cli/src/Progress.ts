/** A progress bar on a terminal, for work that takes longer than a second. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"

const width = 24
const units = ["B", "KiB", "MiB", "GiB", "TiB"]

/** A number of bytes for people: `12.3 MiB`. */
export const amount = (bytes: number): string => {
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${step === 0 ? bytes : (bytes / 1024 ** step).toFixed(1)} ${units[step] ?? ""}`
}

/** The bar after `milliseconds` of work; without a total, only what is known. */
export const render = (done: number, total: number | undefined, milliseconds: number): string => {
  const speed = `${amount(Math.round(done / (milliseconds / 1000)))}/s`
  if (total === undefined || total === 0) return `${amount(done)}  ${speed}`
  const part = Math.min(1, done / total)
  const filled = Math.round(part * width)
  const bar = "█".repeat(filled) + "░".repeat(width - filled)
  return `${String(Math.floor(part * 100)).padStart(3)} %  ${bar}  ${amount(done)} of ${amount(total)}  ${speed}`
}

const clearLine = "\r\u001B[2K"

/** Draws again and again, from the second second on; takes the line away at the end. */
const bar = (total: number | undefined, done: () => number) =>
  Effect.gen(function*() {
    const stdio = yield* Stdio.Stdio
    const show = (text: string) => Effect.ignore(Stream.run(Stream.succeed(text), stdio.stderr()))
    const start = yield* Clock.currentTimeMillis
    const draw = Effect.flatMap(
      Clock.currentTimeMillis,
      (now) => show(clearLine + render(done(), total, now - start))
    )
    yield* Effect.sleep("1 second")
    return yield* Effect.ensuring(Effect.forever(Effect.andThen(draw, Effect.sleep("100 millis"))), show(clearLine))
  })

/**
 * Runs the work, which tells how many bytes are done, and gives that number in the end. If standard error is a terminal,
 * and it takes longer than a second, it is shown there.
 */
export const during = <E, R>(
  total: number | undefined,
  work: (onProgress: (done: number) => void) => Effect.Effect<void, E, R>
): Effect.Effect<number, E, R | Stdio.Stdio> =>
  Effect.gen(function*() {
    let done = 0
    const working = work((bytes) => {
      done = bytes
    })
    const stdio = yield* Stdio.Stdio
    yield* (yield* stdio.stderrIsTerminal) ? Effect.raceFirst(working, bar(total, () => done)) : working
    return done
  })
