/** The Worker that starts others: each path `/NAME/N` is the first request to an isolate of its own, of the script NAME. */
interface Loaded {
  readonly getEntrypoint: () => { readonly fetch: (url: string) => Promise<Response> }
}

interface Env {
  readonly LOADER: { readonly get: (name: string, code: () => Promise<unknown>) => Loaded }
  readonly scripts: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
}

/** @public workerd calls it. */
export default {
  fetch: async (request: Request, { LOADER, scripts, secrets }: Env): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const [, name = ""] = pathname.split("/")
    const loaded = LOADER.get(pathname, async () => ({
      compatibilityDate: "2026-07-01",
      mainModule: "worker.js",
      modules: { "worker.js": scripts[name] },
      env: { KEYSTEAD: {}, ...secrets }
    }))
    return await loaded.getEntrypoint().fetch("http://worker/health")
  }
}
