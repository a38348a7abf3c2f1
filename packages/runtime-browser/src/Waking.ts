/**
 * When to look whether something has fallen due. A page's timers are slowed down while nobody looks at it, and stand still
 * while the device sleeps: so the clock is read, and no ticks are counted.
 */

const minute = 60 * 1000
const hour = 60 * minute

/**
 * Calls `look` at once, for pages that are never open for long; then once an hour by the clock, and as soon as a page that was
 * away longer comes back. Answers what ends it.
 */
export const hourly = (look: () => void): () => void => {
  let last = Date.now()
  const check = () => {
    const now = Date.now()
    // A clock that was set back has nothing to say of how long it was.
    if (now >= last && now < last + hour) return
    last = now
    look()
  }
  look()
  const ending = new AbortController()
  const { signal } = ending
  const timer = setInterval(check, minute)
  if (typeof document !== "undefined") {
    document.addEventListener("visibilitychange", check, { signal })
    // The page was frozen (Page Lifecycle), or comes out of the cache of pages that one can go back to.
    document.addEventListener("resume", check, { signal })
    addEventListener("pageshow", check, { signal })
  }
  return () => {
    clearInterval(timer)
    ending.abort()
  }
}
