/** A program made of this repository's sources as one file, for a runtime that is not the one that runs the tests. */
import { build, type BuildOptions, type Plugin } from "esbuild"
import { join } from "node:path"

const packages = join(import.meta.dirname, "..", "..")

/** Resolves `@keystead/…` to the sources, so that no stale build is what runs. */
export const fromSources: Plugin = {
  name: "sources",
  setup: (builder) =>
    builder.onResolve({ filter: /^@keystead\// }, ({ path }) => {
      const [, folder = "", ...rest] = path.split("/")
      return { path: `${join(packages, folder, "src", ...rest)}.ts` }
    })
}

/** For whom: what the host resolves and takes. */
export type Target = "node" | "deno" | "browser" | "workerd"

const hosts: Record<Target, BuildOptions> = {
  node: { platform: "node" },
  deno: { platform: "node", conditions: ["deno", "import"] },
  browser: { platform: "browser" },
  workerd: { platform: "browser", conditions: ["workerd", "worker"], external: ["cloudflare:*", "node:*"] }
}

/** The file at `entry`, and all that it imports, as the text of one ES module. */
export const bundle = async (entry: string, target: Target, options: BuildOptions = {}): Promise<string> => {
  const { outputFiles: [file] = [] } = await build({
    ...hosts[target],
    entryPoints: [entry],
    write: false,
    bundle: true,
    target: "es2023",
    format: "esm",
    ...options,
    plugins: [fromSources, ...(options.plugins ?? [])]
  })
  return file?.text ?? ""
}
