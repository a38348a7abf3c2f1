/** The page starts here. */
import { render } from "preact"
import { openKeys, remembered, session } from "./state/Session.ts"
import "./style/index.css"
import { App } from "./views/App.tsx"

const root = document.querySelector("#app")
if (root !== null) render(<App />, root)

// What was open in this browser opens again by itself, unless it takes a passphrase.
const before = remembered()
if (session.value === undefined && before?.kind === "local" && !before.passphrase) {
  // What keeps it from opening shows when it is tried by hand.
  openKeys({ kind: "local" }).catch(() => undefined)
}

if ("serviceWorker" in navigator) {
  // In a private window there may be none; then the page works as long as it is online.
  navigator.serviceWorker.register("./ServiceWorker.js").catch(() => undefined)
}
