/** A service worker that serves the KMS, and tells the page that it is there. */
import { symmetric } from "@keystead/core/groups/Symmetric"
import { serveKms } from "@keystead/runtime-browser/ServeKms"

const serve = serveKms({ database: "keys", groups: [symmetric] })

interface ServiceWorker {
  readonly addEventListener: (name: string, listen: (event: Parameters<typeof serve>[0]) => void) => void
  readonly clients: { readonly claim: () => Promise<void> }
}

declare const self: ServiceWorker

self.addEventListener("fetch", serve)
self.addEventListener("activate", () => void self.clients.claim())
