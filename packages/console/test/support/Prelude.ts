/**
 * The console with a clock that stands still until it is moved, and randomness that repeats, for pictures of it. The built
 * files stay as they are, but that the worker imports this first.
 */
import type { Page } from "playwright-core"

/** When it begins. */
export const start = Date.UTC(2026, 0, 12, 9, 30)

const channel = "keystead-test-clock"

/** What the worker runs before all else. */
const prelude = `
const RealDate = Date
let now = ${start}
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now)
    else super(...given)
  }
  static now() {
    return now
  }
}
const clock = new BroadcastChannel("${channel}")
clock.onmessage = ({ data }) => {
  if (data.moveTo === undefined) return
  now = data.moveTo
  clock.postMessage({ moved: now })
}
let state = 42
const next = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state >>> 24
}
crypto.getRandomValues = (array) => {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  for (let at = 0; at < bytes.length; at++) bytes[at] = next()
  return array
}
let ids = 0
crypto.randomUUID = () => "00000000-0000-4000-8000-" + String(++ids).padStart(12, "0")
`

/** The site's files, whose worker begins so. */
export const withPrelude = (files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array | string> => {
  const worker = [...files.keys()].find((path) => /\/assets\/Worker-.*\.js$/.test(path)) ?? ""
  const text = `import "./prelude.js";\n${new TextDecoder().decode(files.get(worker))}`
  return new Map<string, Uint8Array | string>([...files, ["/assets/prelude.js", prelude], [worker, text]])
}

/** Moves the clock of the page and of its worker. */
export const moveTo = async (page: Page, time: number): Promise<void> => {
  await page.clock.setFixedTime(time)
  await page.evaluate(`new Promise((moved) => {
    const clock = new BroadcastChannel("${channel}")
    clock.onmessage = () => {
      clock.close()
      moved()
    }
    clock.postMessage({ moveTo: ${time} })
  })`)
}
