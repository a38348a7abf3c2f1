/** Which permissions a Keystead needs in Deno: with exactly those it works, and asks for no others; with fewer it says what is missing. */
import { assert, describe, it } from "@effect/vitest"
import { fromNpmCi, runDeno } from "@keystead/testbed/Deno"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach } from "vitest"

let home = ""
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "keystead-permissions-"))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const audit = () => join(home, "audit.jsonl")
const keys = () => join(home, "keys")

/** What the program printed, with these permissions on these options. */
const tell = async (permissions: ReadonlyArray<string>, options: object): Promise<string> => {
  const script = join(import.meta.dirname, "deno", "Story.ts")
  const { stderr, stdout } = await runDeno(
    ["run", "--no-prompt", fromNpmCi, ...permissions, script, JSON.stringify(options)],
    { env: { DENO_AUDIT_PERMISSIONS: audit() } }
  )
  assert.strictEqual(stderr, "")
  return stdout.trim()
}

const folder = () => ({ directory: join(keys(), "store") })
const kv = () => ({ kv: join(keys(), "store.kv") })
const readWrite = (path: string) => [`--allow-read=${path}`, `--allow-write=${path}`]

/** What Deno was asked for, but for what lies in a folder. */
const askedBeside = (path: string): ReadonlyArray<string> =>
  !existsSync(audit()) ? [] : readFileSync(audit(), "utf8").split("\n").filter((line) => line !== "")
    .map((line): { readonly permission: string; readonly value?: string } => JSON.parse(line))
    .filter(({ permission, value }) => !(["read", "write"].includes(permission) && value?.startsWith(path)))
    .map(({ permission, value }) => `${permission} ${value}`)

describe("a Keystead in Deno", () => {
  it("in a folder needs to read and write the folder above it, where the root key is too, and no more", async () => {
    assert.strictEqual(await tell(readWrite(keys()), folder()), "ok")
    assert.deepStrictEqual(askedBeside(keys()), [])
  })

  it("in a folder with a passphrase needs to read and write that folder, and no more", async () => {
    const options = { directory: keys(), rootKey: { passphrase: "correct horse" } }
    assert.strictEqual(await tell(readWrite(keys()), options), "ok")
    assert.deepStrictEqual(askedBeside(keys()), [])
  })

  it("in a Deno KV needs to read and write the folder that it is in, and no more", async () => {
    const options = { kv: join(home, "store.kv") }
    assert.strictEqual(await tell(["--unstable-kv", ...readWrite(home)], options), "ok")
    assert.deepStrictEqual(askedBeside(home), [])
  })

  it("in memory needs nothing", async () => {
    assert.strictEqual(await tell([], {}), "ok")
    assert.deepStrictEqual(askedBeside(keys()), [])
  })

  it("does not need to write where its root key is already", async () => {
    assert.strictEqual(await tell(readWrite(keys()), folder()), "ok")
    const { directory } = folder()
    const permissions = [`--allow-read=${keys()}`, `--allow-write=${directory}`]
    assert.strictEqual(await tell(permissions, folder()), "ok")
  })

  const refused: ReadonlyArray<
    readonly [what: string, permissions: () => ReadonlyArray<string>, options: () => object, tag: string, says: string]
  > = [
    ["to write its folder", () => [`--allow-read=${keys()}`], folder, "StorageError", "--allow-write=KEYS/store, and"],
    ["to read its folder", () => [`--allow-write=${keys()}`], folder, "StorageError", "--allow-read=KEYS/store, and"],
    ["anything", () => [], folder, "StorageError", "--allow-read=KEYS/store --allow-write=KEYS/store, and"],
    [
      "to read its root key's folder",
      () => readWrite(folder().directory),
      folder,
      "RootKeyError",
      "--allow-read=KEYS, and"
    ],
    [
      "to write its root key's folder",
      () => [`--allow-read=${keys()}`, `--allow-write=${folder().directory}`],
      folder,
      "RootKeyError",
      "--allow-write=KEYS, and"
    ],
    ["a Deno KV", () => readWrite(keys()), kv, "StorageError", "--unstable-kv"],
    [
      "to write its Deno KV",
      () => ["--unstable-kv", `--allow-read=${keys()}`],
      kv,
      "StorageError",
      "--allow-write=KEYS/store.kv"
    ]
  ]
  for (const [what, permissions, options, tag, says] of refused) {
    it(`that is not permitted ${what} says what is missing`, async () => {
      mkdirSync(keys())
      const told = await tell(permissions(), options())
      assert.include(told, `"tag":"${tag}"`)
      assert.include(told.replaceAll(keys(), "KEYS"), says)
    })
  }
})
