/**
 * Turns of the event loop. Chromium answers `crypto.subtle` for a few kilobytes without leaving the thread, so that a promise
 * a frame gives no turn away: who works through much data must do so by itself, or the page stands still.
 */

/** Resolves in a later turn: what waits for its turn, such as a click, comes before. Timers would be slowed down. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener("message", () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(undefined)
  })
