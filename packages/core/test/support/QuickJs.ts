/**
 * Runs programs in QuickJS compiled to WebAssembly: an ECMAScript engine with no host API at all. What runs here needs
 * no clock, no timers, no entropy, no console and no module resolution.
 */
import { getQuickJS } from "quickjs-emscripten"

/** UTF-8, the one thing that the core asks of its host: by the two functions of ECMAScript that know it. */
const textShim = `
globalThis.TextEncoder = class {
  encode(text = "") {
    const escaped = encodeURIComponent(text.toWellFormed())
    const bytes = []
    for (let at = 0; at < escaped.length; at++) {
      bytes.push(escaped[at] === "%" ? parseInt(escaped.slice(++at, ++at + 1), 16) : escaped.charCodeAt(at))
    }
    return Uint8Array.from(bytes)
  }
}
globalThis.TextDecoder = class {
  decode(bytes = new Uint8Array()) {
    return decodeURIComponent(Array.from(bytes, (byte) => "%" + byte.toString(16).padStart(2, "0")).join(""))
  }
}
`

/** The program's default export, awaited and carried out of the engine as JSON; a failure is text. */
const main = `
try {
  const program = await import("program")
  globalThis.answer = JSON.stringify({ value: await program.default })
} catch (error) {
  globalThis.answer = JSON.stringify({ failure: String(error), stack: String(error?.stack) })
}
`

interface Answer {
  readonly value?: unknown
  readonly failure?: string
  readonly stack?: string
}

/**
 * Runs an ECMAScript module and gives its default export (or what the promise there resolves to), as JSON allows.
 *
 * @param program the module's source
 * @param modules the sources of the modules that it may import, by specifier
 */
export const runInQuickJs = async (
  program: string,
  modules: { readonly [specifier: string]: string } = {}
): Promise<unknown> => {
  const sources: { readonly [specifier: string]: string } = { ...modules, program }
  const runtime = (await getQuickJS()).newRuntime()
  runtime.setMaxStackSize(4 * 1024 * 1024)
  runtime.setModuleLoader((specifier) => sources[specifier] ?? { error: new Error(`no module ${specifier} here`) })
  const context = runtime.newContext()
  try {
    context.unwrapResult(context.evalCode(textShim, "shim.js")).dispose()
    context.unwrapResult(context.evalCode(main, "main.js", { type: "module" })).dispose()
    context.unwrapResult(runtime.executePendingJobs())
    const answer = context.getProp(context.global, "answer").consume((handle) => context.dump(handle))
    if (typeof answer !== "string") throw new Error("the program waits for something that never happens here")
    const { failure, stack, value }: Answer = JSON.parse(answer)
    if (failure !== undefined) throw new Error(`in QuickJS: ${failure}\n${stack}`)
    return value
  } finally {
    context.dispose()
    runtime.dispose()
  }
}
