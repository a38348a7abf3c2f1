/** The core as one ECMAScript module that imports nothing (`packages/core/src/Standalone.ts` says what is in it). */
import { build } from "esbuild"
import { root } from "./workspaces.ts"

/** The bundle's text. Fails if anything in it would have to be imported. */
export const bundleStandalone = async (): Promise<string> => {
  const { metafile, outputFiles } = await build({
    entryPoints: [`${root}/packages/core/src/Standalone.ts`],
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    charset: "utf8",
    legalComments: "inline",
    metafile: true,
    write: false
  })
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path))
  if (imports.length > 0) throw new Error(`the standalone bundle imports ${imports.join(", ")}`)
  return outputFiles.map(({ text }) => text).join("")
}
