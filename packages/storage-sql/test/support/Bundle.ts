import { build } from "esbuild"
import { join } from "node:path"

const packages = join(import.meta.dirname, "..", "..", "..")

/** A program of this folder as one file, made of the sources. */
export const bundle = async (name: string, platform: "node" | "browser"): Promise<string> => {
  const { outputFiles: [file] } = await build({
    entryPoints: [join(import.meta.dirname, name)],
    write: false,
    bundle: true,
    platform,
    conditions: ["workerd", "worker"].slice(0, platform === "node" ? 0 : 2),
    target: "es2023",
    format: "esm",
    plugins: [{
      name: "sources",
      setup: (builder) =>
        builder.onResolve({ filter: /^@keystead\// }, ({ path }) => {
          const [, folder = "", ...rest] = path.split("/")
          return { path: `${join(packages, folder, "src", ...rest)}.ts` }
        })
    }]
  })
  return file?.text ?? ""
}
