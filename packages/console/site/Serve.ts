/**
 * `npm run console`: builds the console, serves it on loopback, and prints its address. Keys in a browser belong to the
 * address of the page that made them, port included: so the port is always the same, unless it is said.
 *
 * `npm run console -- PORT` takes another one.
 */
import { join } from "node:path"
import { preview } from "vite"
import { build } from "./Build.ts"

const root = join(import.meta.dirname, "..")
const outDir = join(root, "dist/site")
const port = Number(process.argv[2] ?? 8090)

await build(outDir)
const server = await preview({
  root,
  base: "./",
  configFile: false,
  logLevel: "error",
  build: { outDir },
  preview: { host: "localhost", port, strictPort: true }
})
console.log(server.resolvedUrls?.local[0] ?? `http://localhost:${port}/`)
