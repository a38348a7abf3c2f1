/** What an embedder with Vite gets: bundles by Rolldown, with what they are made of. */
import { rolldown, type RolldownPlugin } from "rolldown"

/** A bundle. */
export interface Bundle {
  /** Minified. */
  readonly code: string
  /** What is in it of which module, by the modules' paths. */
  readonly modules: ReadonlyMap<string, string>
}

/** The bundle of an entry, as a browser is to load it. Reading a property of a module has no effect here. */
export const bundle = async (entry: string, plugins: ReadonlyArray<RolldownPlugin> = []): Promise<Bundle> => {
  const made = await rolldown({
    input: entry,
    platform: "browser",
    treeshake: { propertyReadSideEffects: false },
    plugins: [...plugins]
  })
  const { output } = await made.generate({
    format: "esm",
    minify: true,
    comments: { annotation: false, jsdoc: false, legal: true }
  })
  const chunks = output.filter((part) => part.type === "chunk")
  return {
    code: chunks.map(({ code }) => code).join(""),
    modules: new Map(
      chunks.flatMap(({ modules }) => Object.entries(modules)).flatMap(([path, { code }]) => code ? [[path, code]] : [])
    )
  }
}
