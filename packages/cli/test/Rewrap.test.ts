/** `keystead rewrap`: the store's root key replaced, from a shell. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { failed, makeWorld, succeeded } from "./support/Keystead.ts"

describe("rewrap", () => {
  it.effect("puts a new root key into the file of the present one, or the store under another", () =>
    Effect.gen(function*() {
      const { file, run, store } = yield* makeWorld
      succeeded(yield* run("key", "create", "--alias", "a"))
      const before = readFileSync(`${store}.rootkey`, "utf8")
      assert.match(succeeded(yield* run("rewrap")).out, /^Put \d+ records under the new root key\. The root key's file/)
      assert.notStrictEqual(readFileSync(`${store}.rootkey`, "utf8"), before)
      succeeded(yield* run("key", "describe", "alias/a"))

      writeFileSync(file("words"), "open sesame\n")
      const { out } = succeeded(yield* run("rewrap", "--new-passphrase-file", file("words"), "--json"))
      assert.isAbove(JSON.parse(out).records, 1)
      failed(yield* run("key", "list"), 7, /not the root key/)
      succeeded(yield* run("key", "describe", "alias/a", "--passphrase-file", file("words")))

      const again = yield* run("rewrap", "--passphrase-file", file("words"), "--new-root-key", file("key"))
      assert.include(succeeded(again).out, `Open the store with --root-key ${file("key")} from now on`)
      succeeded(yield* run("key", "describe", "alias/a", "--root-key", file("key")))
    }))

  it.effect("refuses what it cannot do, and leaves the store as it is", () =>
    Effect.gen(function*() {
      const { file, run } = yield* makeWorld
      failed(yield* run("rewrap", "--store", file("none")), 3, /no store/)
      succeeded(yield* run("key", "create", "--alias", "a"))
      writeFileSync(file("words"), "open sesame\n")
      writeFileSync(file("empty"), "\n")
      failed(
        yield* run("rewrap", "--new-passphrase-file", file("words"), "--new-root-key", file("key")),
        2,
        /at most one of --new-root-key/
      )
      failed(yield* run("rewrap", "--new-passphrase"), 2, /no terminal/)
      failed(yield* run("rewrap", "--new-passphrase-file", file("empty")), 7, /protects nothing/)
      failed(yield* run("rewrap", "--new-passphrase-file", file("none")), 7, /none/)
      failed(yield* run("rewrap", "--new-root-key", file("words")), 7, /Unprotected|chmod 600|does not hold/)
      succeeded(yield* run("key", "describe", "alias/a"))
    }))
})
