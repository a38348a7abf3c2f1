/**
 * The script of the worker that computes Argon2id in a page, as text: a page then needs no file for it. `npm run build:worker`
 * writes it among the sources of runtime-browser, as part of every build: it is no source, and not committed.
 */
import { build } from "esbuild"
import { root } from "./workspaces.ts"

/** Where it is written. */
export const argon2idScriptPath = `${root}/packages/runtime-browser/src/internal/Argon2idScript.ts`

const about = `/**
 * Written by \`npm run build:worker\`: Argon2idWorker.ts and what it imports, as a script. @noble/hashes is in it, under the
 * MIT License, (c) 2022 Paul Miller.
 */`

/** The module with the script in it. */
export const argon2idScriptModule = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [`${root}/packages/runtime-browser/src/Argon2idWorker.ts`],
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    minify: true,
    legalComments: "none",
    write: false
  })
  const script = outputFiles.map(({ text }) => text.trim()).join("")
  return `${about}\nexport const argon2idScript =\n  ${JSON.stringify(script)}\n`
}
