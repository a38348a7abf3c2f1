/**
 * `npm run size`: how much the core, the memory store and the envelope weigh in a browser. Bundles `size/Embedder.ts`
 * from the built packages, as an embedder's bundler would, and fails above the limit.
 */
import { build, type Metafile } from "esbuild"
import { relative } from "node:path"
import { gzipSync } from "node:zlib"
import { root } from "./workspaces.ts"

/** 70 KB, where KB is 1,000 bytes, of minified and gzipped JavaScript. */
const limit = 70_000

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ["scripts/size/Embedder.ts"],
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  metafile: true,
  write: false
})

/** `effect`, `@noble/ciphers`, `core/operations`: whose code an input is. */
const ownerOf = (path: string): string => {
  const [, dependency] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
  if (dependency !== undefined) return dependency
  const [, name, room] = /packages\/([^/]+)\/dist\/(?:([^/]+)\/)?/.exec(path) ?? []
  if (name === undefined) return relative(root, path)
  return room === undefined ? name : `${name}/${room}`
}

const shares = (outputs: Metafile["outputs"]): ReadonlyArray<readonly [owner: string, bytes: number]> => {
  const bytes = new Map<string, number>()
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      bytes.set(ownerOf(path), (bytes.get(ownerOf(path)) ?? 0) + bytesInOutput)
    }
  }
  return [...bytes].toSorted(([, left], [, right]) => right - left)
}

for (const [owner, bytes] of shares(metafile.outputs)) {
  console.log(`${bytes.toLocaleString("en").padStart(9)}  ${owner}`)
}
const code = outputFiles.map(({ contents }) => contents)
const minified = code.reduce((sum, contents) => sum + contents.length, 0)
const gzipped = code.reduce((sum, contents) => sum + gzipSync(contents, { level: 9 }).length, 0)
console.log(`${minified.toLocaleString("en").padStart(9)}  minified`)
console.log(
  `${gzipped.toLocaleString("en").padStart(9)}  minified and gzipped, of ${limit.toLocaleString("en")} allowed`
)
if (gzipped > limit) {
  console.error(`The bundle is ${(gzipped - limit).toLocaleString("en")} bytes above its limit.`)
  process.exitCode = 1
}
