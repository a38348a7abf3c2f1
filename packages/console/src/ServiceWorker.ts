/** Keeps the page's own files, so that it works without a network. It sees no key, and answers nothing but these files. */
import { cleanupOutdatedCaches } from "workbox-precaching/cleanupOutdatedCaches.js"
import { precacheAndRoute } from "workbox-precaching/precacheAndRoute.js"

declare const __PRECACHED__: Array<{ readonly url: string; readonly revision: string }>

cleanupOutdatedCaches()
precacheAndRoute(__PRECACHED__)
