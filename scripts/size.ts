/**
 * `npm run size`: how much Keystead weighs in a browser, bundled from the built packages as an embedder's bundler would. Fails
 * above a limit: for the core, the memory store and the envelope (`size/Embedder.ts`), and for a page that opens a store in
 * IndexedDB and seals files (`size/Browser.ts`). What it weighs with every group (`size/Everything.ts`) is told beside it.
 * `examples/cloudflare-worker` has a limit, too: a whole endpoint, every group and the store in Durable Objects, as wrangler
 * would upload it.
 */
import { bundleWithWrangler } from "@keystead/testbed/Wrangler"
import { build, type Metafile } from "esbuild"
import { join, relative } from "node:path"
import { gzipSync } from "node:zlib"
import { bundle } from "./size/Bundle.ts"
import { root } from "./workspaces.ts"

/** What a program may weigh with Vite, in bytes of minified and gzipped JavaScript. */
const limits = [
  { program: "Embedder", limit: 70_000 },
  { program: "Browser", limit: 90_000 }
]

/** 150 KB of the same for a Worker. */
const workerLimit = 150_000

const entry = join(root, "scripts/size/Embedder.ts")

/** What an embedder with esbuild gets, and whose code it is. */
const withEsbuild = async (): Promise<{ readonly code: string; readonly metafile: Metafile }> => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    metafile: true,
    write: false
  })
  return { code: outputFiles.map(({ text }) => text).join(""), metafile }
}

/** `effect`, `@noble/ciphers`, `core/operations`: whose code an input is. */
const ownerOf = (path: string): string => {
  const [, dependency] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
  if (dependency !== undefined) return dependency
  const [, name, room] = /packages\/([^/]+)\/dist\/(?:([^/]+)\/)?/.exec(path) ?? []
  if (name === undefined) return relative(root, path)
  return room === undefined ? name : `${name}/${room}`
}

const shares = ({ outputs }: Metafile): ReadonlyArray<readonly [owner: string, bytes: number]> => {
  const bytes = new Map<string, number>()
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      bytes.set(ownerOf(path), (bytes.get(ownerOf(path)) ?? 0) + bytesInOutput)
    }
  }
  return [...bytes].toSorted(([, left], [, right]) => right - left)
}

const line = (bytes: number, what: string): void => console.log(`${bytes.toLocaleString("en").padStart(9)}  ${what}`)
const gzipped = (code: string): number => gzipSync(code, { level: 9 }).length

const esbuild = await withEsbuild()
const full = gzipped((await bundle(join(root, "scripts/size/Everything.ts"))).code)
for (const [owner, bytes] of shares(esbuild.metafile)) line(bytes, owner)
line(esbuild.code.length, "minified by esbuild")
line(gzipped(esbuild.code), "the same gzipped")
line(full, "minified by rolldown and gzipped, with every group")

const limited = (bytes: number, limit: number, what: string): void => {
  line(bytes, `${what}, of ${limit.toLocaleString("en")} allowed`)
  if (bytes <= limit) return
  console.error(`That is ${(bytes - limit).toLocaleString("en")} bytes above its limit.`)
  process.exitCode = 1
}

for (const { limit, program } of limits) {
  const { code } = await bundle(join(root, `scripts/size/${program}.ts`))
  limited(gzipped(code), limit, `minified by rolldown and gzipped, ${program}`)
}
const worker = await bundleWithWrangler(join(root, "examples/cloudflare-worker"))
limited(gzipped(worker), workerLimit, "minified by wrangler and gzipped, a Cloudflare Worker")
