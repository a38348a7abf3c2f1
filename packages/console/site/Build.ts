/** Builds the page, out of this repository's sources, and then its service worker, which knows the built files. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { build as viteBuild, type InlineConfig } from "vite"

const root = join(import.meta.dirname, "..")

/** A file that works offline. */
interface Precached {
  /** Relative to the page. */
  readonly url: string
  readonly revision: string
}

const common: InlineConfig = {
  root,
  base: "./",
  configFile: false,
  logLevel: "warn",
  resolve: {
    alias: [{ find: /^@keystead\/([^/]+)\/(.+)$/, replacement: `${join(root, "..")}/$1/src/$2.ts` }]
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } }
}

const page = (outDir: string): InlineConfig => ({
  ...common,
  worker: { format: "es" },
  build: { outDir, emptyOutDir: true, target: "es2023", assetsInlineLimit: 0, reportCompressedSize: false }
})

const serviceWorker = (outDir: string, precached: ReadonlyArray<Precached>): InlineConfig => ({
  ...common,
  publicDir: false,
  define: { __PRECACHED__: JSON.stringify(precached), "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir,
    emptyOutDir: false,
    target: "es2023",
    reportCompressedSize: false,
    lib: { entry: join(root, "src/ServiceWorker.ts"), formats: ["es"], fileName: () => "ServiceWorker.js" }
  }
})

/** Every file below a folder, by its path there. */
const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted()

/** Builds the site into a folder, which holds nothing else afterwards. */
export const build = async (outDir: string): Promise<void> => {
  await viteBuild(page(outDir))
  const precached = filesIn(outDir).map((url) => ({
    url,
    revision: createHash("sha256").update(readFileSync(join(outDir, url))).digest("hex").slice(0, 16)
  }))
  await viteBuild(serviceWorker(outDir, precached))
}
