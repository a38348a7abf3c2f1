/** Which globals a bundle names beyond ECMAScript's own, TextEncoder and TextDecoder. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const oxlint = join(import.meta.dirname, "../../../../node_modules/oxlint/bin/oxlint")
const config = join(import.meta.dirname, "ecmascript.oxlintrc.json")

const lint = (path: string): string => {
  try {
    return execFileSync(process.execPath, [oxlint, "-c", config, "-f", "json", path], { encoding: "utf8" })
  } catch (error) {
    // oxlint exits with 1 when it finds something, which is what it is asked for here.
    return (error as { readonly stdout: string }).stdout
  }
}

/** The names, sorted, whether used free or as a property of `globalThis`. */
export const hostGlobals = (bundle: string): ReadonlyArray<string> => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-globals-"))
  try {
    const path = join(folder, "bundle.js")
    writeFileSync(path, bundle)
    const { diagnostics }: { readonly diagnostics: ReadonlyArray<{ readonly message: string }> } = JSON.parse(
      lint(path)
    )
    const free = diagnostics.map(({ message }) => /^'(\w+)' is not defined/.exec(message)?.[1] ?? message)
    const owned = Array.from(bundle.matchAll(/\bglobalThis\??\.(\w+)/g), ([, name = ""]) => name)
    return [...new Set([...free, ...owned])].filter((name) => !ecmaScript.has(name)).toSorted()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const ecmaScript = new Set(["Array", "Date", "Error", "Number", "Object", "RegExp", "String", "Uint8Array"])
