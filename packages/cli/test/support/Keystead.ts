/** Runs the command in this process, as if on a shell: arguments and standard input in, everything that comes out back. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { assert } from "@effect/vitest"
import * as Failure from "@keystead/cli/Failure"
import { run } from "@keystead/cli/Keystead"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Sink from "effect/Sink"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Terminal from "effect/Terminal"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** What a run leaves behind. */
export interface Outcome {
  readonly code: number
  /** Lines on standard output. */
  readonly out: string
  /** Lines on standard error. */
  readonly err: string
  /** Bytes on standard output that no line is. */
  readonly bytes: Uint8Array
}

/** What surrounds a run. */
export interface Surroundings {
  readonly stdin?: Stream.Stream<Uint8Array>
  readonly env?: Readonly<Record<string, string>>
  readonly terminal?: boolean
  readonly fileSystem?: (real: FileSystem.FileSystem) => FileSystem.FileSystem
}

const unused = Effect.die("A test has no terminal")

const host = Layer.mergeAll(
  NodePath.layer,
  Layer.succeed(ChildProcessSpawner.ChildProcessSpawner, ChildProcessSpawner.make(() => unused)),
  Layer.succeed(
    Terminal.Terminal,
    Terminal.make({
      columns: Effect.succeed(80),
      rows: Effect.succeed(24),
      size: unused,
      readInput: unused,
      readLine: unused,
      display: () => Effect.void
    })
  )
)

const collector = () => {
  const pieces: Array<Uint8Array> = []
  const sink = () =>
    Sink.forEach((piece: string | Uint8Array) =>
      Effect.sync(() => void pieces.push(typeof piece === "string" ? Buffer.from(piece) : piece.slice()))
    )
  return { sink, bytes: () => new Uint8Array(Buffer.concat(pieces)) }
}

/** Runs the command on a store of its own; it never fails, whatever the command does. */
export const keystead = (store: string, { env = {}, fileSystem, stdin, terminal = false }: Surroundings = {}) =>
  Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
    const [stdout, stderr] = [collector(), collector()]
    const lines = { out: "", err: "" }
    const console = Object.assign(Object.create(globalThis.console), {
      log: (text: string) => void (lines.out += `${text}\n`),
      error: (text: string) => void (lines.err += `${text}\n`)
    })
    const stdio = Stdio.layerTest({
      stdin: stdin ?? Stream.empty,
      stdout: stdout.sink,
      stderr: stderr.sink,
      stderrIsTerminal: Effect.succeed(terminal)
    })
    const files = Layer.effect(FileSystem.FileSystem, Effect.map(FileSystem.FileSystem, fileSystem ?? ((real) => real)))
    const exit = yield* Effect.exit(run("1.2.3")(args)).pipe(
      Effect.provideService(Console.Console, console),
      Effect.provide([
        host,
        stdio,
        files.pipe(Layer.provide(NodeFileSystem.layer)),
        ConfigProvider.layer(ConfigProvider.fromEnv({ env: { KEYSTEAD_STORE: store, ...env } }))
      ])
    )
    const failure = Exit.isSuccess(exit) ? { code: 0, line: "" } : Failure.ofCause(exit.cause)
    const written = new TextDecoder().decode(stderr.bytes())
    const outcome: Outcome = {
      code: failure.code,
      out: lines.out,
      err: written + lines.err + (failure.line === "" ? "" : `${failure.line}\n`),
      bytes: stdout.bytes()
    }
    return outcome
  })

/** Syncing is what costs, and what it is good for is tested with the store itself. */
const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()

/** A folder for files, with the store's folder in it, as long as the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(place, "keystead-cli-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** A world: a folder, a store in it with one key, and how to run the command there. */
export const makeWorld = Effect.gen(function*() {
  const folder = yield* temporaryFolder
  const store = join(folder, "store")
  const run = keystead(store)
  const created = succeeded(yield* run("key", "create", "--alias", "pay", "--json"))
  const keyId: string = JSON.parse(created.out).KeyMetadata.KeyId
  const file = (name: string) => join(folder, name)
  /** What is in the folder beside the store and its root key. */
  const files = () => readdirSync(folder).filter((name) => !name.startsWith("store")).toSorted()
  return { folder, store, run, keyId, file, files }
})

/** The outcome, which must be a success that says nothing on standard error. */
export const succeeded = (outcome: Outcome): Outcome => {
  assert.deepStrictEqual([outcome.code, outcome.err], [0, ""])
  return outcome
}

/** The outcome, which must be a failure with this code, one line that says it, and nothing else. */
export const failed = (outcome: Outcome, code: number, says: RegExp): void => {
  assert.match(outcome.err, /^keystead: [^\n]+\n$/)
  assert.match(outcome.err, says)
  assert.notMatch(outcome.err, /\n\s+at |Cause|_tag|\[object/)
  assert.strictEqual(outcome.code, code)
  assert.strictEqual(outcome.out, "")
  assert.strictEqual(outcome.bytes.length, 0)
}

/** A user's ARN in the default account. */
export const user = (name: string): string => `arn:aws:iam::111122223333:user/${name}`
