/** What an embedder with Vite gets: bundles by Rolldown, with what they are made of. */
import { rolldown, type RolldownPlugin } from "rolldown"

/** A bundle. */
export interface Bundle {
  /** Minified. */
  readonly code: string
  /** The paths of the modules of which anything is in it. */
  readonly modules: ReadonlyArray<string>
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
    modules: chunks.flatMap(({ modules }) =>
      Object.entries(modules).filter(([, { code }]) => (code ?? "") !== "").map(([path]) => path)
    )
  }
}
