/** The command line itself: help, wrong options, where the store and its root key are. */
import { assert, describe, it } from "@effect/vitest"
import { endings } from "@keystead/cli/ExitCode"
import * as Progress from "@keystead/cli/Progress"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Sink from "effect/Sink"
import * as Stdio from "effect/Stdio"
import { TestClock } from "effect/testing"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { failed, keystead, makeWorld, succeeded, temporaryFolder } from "./support/Keystead.ts"

describe("the command line", () => {
  it.effect("tells in its help what each exit code means, as docs/cli.md does", () =>
    Effect.gen(function*() {
      const { out } = succeeded(yield* keystead("/nowhere")("--help"))
      const page = readFileSync(join(import.meta.dirname, "../../../docs/cli.md"), "utf8")
      for (const { code, meaning } of Object.values(endings)) {
        assert.match(out, new RegExp(`^  ${code} +${meaning}$`, "m"))
        assert.include(page, `| ${code} | ${meaning} |`)
      }
      assert.include(out, "KEYSTEAD_PASSPHRASE")
      const serve = succeeded(yield* keystead("/nowhere")("serve", "--help")).out
      const names = [...(out + serve).matchAll(/^  (--[a-z-]+)/gm)].map(([, name = ""]) => name)
      assert.includeMembers(names, ["--store", "--completions", "--credentials", "--clock"])
      for (const name of names) assert.include(page, `\`${name}`)
      assert.strictEqual(succeeded(yield* keystead("/nowhere")("--version")).out.trim(), "keystead v1.2.3")
    }))

  it.effect("completes in every shell", () =>
    Effect.gen(function*() {
      for (const shell of ["bash", "zsh", "fish", "powershell"]) {
        const { out } = succeeded(yield* keystead("/nowhere")("--completions", shell))
        for (const word of ["schedule-deletion", "GenerateDataKeyWithoutPlaintext", "context"]) {
          assert.include(out, word)
        }
      }
    }))

  it.effect("refuses in one line what it does not understand", () =>
    Effect.gen(function*() {
      const { run } = yield* makeWorld
      failed(yield* run("encript"), 2, /"encript".*Did you mean this\? encrypt.*keystead --help/)
      failed(yield* run("encrypt", "--in", "x", "--out", "y"), 2, /--key.*keystead encrypt --help/)
      failed(yield* run("key", "list", "--colour"), 2, /--colour/)
      failed(yield* run("key", "list", "--region", "nowhere"), 2, /a Region such as/)
      failed(yield* run("key", "list", "--account", "12"), 2, /twelve digits/)
      failed(yield* run("key", "list", "--as", "eve"), 2, /the ARN of a user/)
      failed(yield* run("decrypt", "--in", "x", "--out", "y", "--context", "=v"), 2, /--context takes KEY=VALUE/)
      const bare = yield* run("key")
      assert.deepStrictEqual([bare.code, bare.err], [2, "keystead: Say what to do. See `keystead key --help`.\n"])
      assert.include(bare.out, "cancel-deletion")
    }))
})

describe("the store and its root key", () => {
  it.effect("are where the options and the environment say", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const path = (name: string) => join(folder, name)
      const run = keystead(path("environment"))
      succeeded(yield* run("key", "create"))
      assert.strictEqual(statSync(path("environment.rootkey")).mode & 0o777, 0o600)
      succeeded(yield* run("key", "create", "--store", path("option"), "--root-key", path("elsewhere")))
      assert.isFalse(existsSync(path("option.rootkey")))
      succeeded(yield* run("key", "list", "--store", path("option"), "--root-key", path("elsewhere")))
      failed(yield* run("key", "list", "--store", path("option")), 7, /root key is not at .*option\.rootkey/)
      failed(yield* run("key", "list", "--root-key", path("elsewhere")), 7, /not the root key/)
      failed(yield* run("key", "list", "--store", path("elsewhere")), 7, /it is no folder/)
    }))

  it.effect("open with a passphrase, from a file or the environment, and with no other", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const store = join(folder, "store")
      const [right, wrong] = [join(folder, "right"), join(folder, "wrong")]
      writeFileSync(right, "correct horse\nnot this")
      writeFileSync(wrong, "battery staple\n")
      succeeded(yield* keystead(store)("key", "create", "--passphrase-file", right))
      assert.isFalse(existsSync(`${store}.rootkey`))
      succeeded(yield* keystead(store, { env: { KEYSTEAD_PASSPHRASE: "correct horse" } })("key", "list"))
      const outcome = yield* keystead(store)("key", "list", "--passphrase-file", wrong)
      failed(outcome, 7, /passphrase/)
      assert.notInclude(outcome.err, "battery")
      failed(yield* keystead(store)("key", "list", "--passphrase"), 2, /no terminal.*--passphrase-file/)
      failed(yield* keystead(store)("key", "list", "--passphrase", "--root-key", right), 2, /at most one of/)
    }))
})

describe("progress", () => {
  const shown = (milliseconds: number, terminal: boolean) =>
    Effect.gen(function*() {
      let text = ""
      const stdio = Stdio.layerTest({
        stderrIsTerminal: Effect.succeed(terminal),
        stderr: () => Sink.forEach((piece) => Effect.sync(() => void (text += String(piece))))
      })
      const work = Progress.during(3 * 1024 * 1024, (onProgress) =>
        Effect.andThen(Effect.sync(() => onProgress(1024 * 1024)), Effect.sleep(milliseconds)))
      const fiber = yield* Effect.forkChild(Effect.provide(work, stdio))
      yield* TestClock.adjust(milliseconds)
      assert.strictEqual(yield* Fiber.join(fiber), 1024 * 1024)
      return text
    })

  it.effect("shows on a terminal, when the work takes longer than a second, and goes away", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* shown(999, true), "")
      assert.strictEqual(yield* shown(5000, false), "")
      const text = yield* shown(2000, true)
      assert.include(text, " 33 %  ████████░░░░░░░░░░░░░░░░  1.0 MiB of 3.0 MiB  1.0 MiB/s")
      assert.isTrue(text.endsWith("\r\u001B[2K"))
    }))

  it("tells amounts in the units that people read", () => {
    assert.deepStrictEqual([0, 1, 1023, 1024, 1536, 5 * 1024 ** 3].map(Progress.amount), [
      "0 B",
      "1 B",
      "1023 B",
      "1.0 KiB",
      "1.5 KiB",
      "5.0 GiB"
    ])
    assert.strictEqual(Progress.render(2048, undefined, 2000), "2.0 KiB  1.0 KiB/s")
    assert.match(Progress.render(10, 5, 1000), /^100 %/)
  })
})
