/**
 * Turns of the event loop. Chromium answers `crypto.subtle` without leaving the thread, so that a promise a frame gives no
 * turn away: who works through much data must do so by itself, or the page stands still.
 */

/** How long work goes on before it gives way, in milliseconds: less than what a page has for each of 60 frames a second. */
const share = 12

let channel: MessageChannel | undefined
const waiting: Array<() => void> = []

/** One for all turns: to make a channel takes longer than to encrypt a frame. */
const openChannel = (): MessageChannel => {
  const made = new MessageChannel()
  made.port1.addEventListener("message", () => waiting.shift()?.())
  made.port1.start()
  return made
}

/**
 * Resolves in a later turn: what waits for its turn comes before, such as a click or another's message. `scheduler.yield` would
 * go on before messages, and timers would be slowed down.
 */
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve)
    channel ??= openChannel()
    channel.port2.postMessage(undefined)
  })

/** What work awaits between its steps: a later turn, if the last one was its share of time ago. */
export const givingWay = (): () => Promise<void> => {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < share) return
    await nextTurn()
    since = performance.now()
  }
}
