/** Loaded into a child process before everything else: packages of this repository come from their sources there. */
import { registerHooks } from "node:module"

registerHooks({
  resolve: (specifier, context, next) => {
    const [, name, path] = /^@keystead\/([^/]+)\/(.+)$/.exec(specifier) ?? []
    return name === undefined
      ? next(specifier, context)
      : next(new URL(`../../../${name}/src/${path}.ts`, import.meta.url).href, context)
  }
})
