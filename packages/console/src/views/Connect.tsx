/** Connects to an endpoint with an access key, which is kept in memory only. */
import { useState } from "preact/hooks"
import { openKeys, type Remembered } from "../state/Session.ts"
import { TextField } from "../ui/Field.tsx"
import { useAction } from "../ui/Hooks.ts"
import { Problem } from "../ui/Problem.tsx"

interface ConnectProps {
  readonly before: Extract<Remembered, { readonly kind: "remote" }> | undefined
}

/** The card. */
export const Connect = ({ before }: ConnectProps) => {
  const [url, setUrl] = useState(before?.url ?? "http://127.0.0.1:8080")
  const [region, setRegion] = useState(before?.region ?? "us-east-1")
  const [accessKeyId, setAccessKeyId] = useState(before?.accessKeyId ?? "")
  const [secretAccessKey, setSecretAccessKey] = useState("")
  const [sessionToken, setSessionToken] = useState("")
  const { busy, problem, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    const endpoint = { url, region, accessKeyId, secretAccessKey, sessionToken }
    void run(() => openKeys({ kind: "remote", endpoint }))
  }
  return (
    <form class="card stack" aria-labelledby="there" onSubmit={submit}>
      <h2 id="there">Keys behind an endpoint</h2>
      <p>
        Run <code>keystead serve --cors {location.origin}</code>, and connect with its access key.
      </p>
      <TextField label="Endpoint" onValue={setUrl} required type="url" value={url} />
      <TextField label="Region" onValue={setRegion} required value={region} />
      <TextField label="Access key ID" onValue={setAccessKeyId} required value={accessKeyId} />
      <TextField
        hint="Kept in memory, and gone when the page is closed."
        label="Secret access key"
        onValue={setSecretAccessKey}
        required
        type="password"
        value={secretAccessKey}
      />
      <details>
        <summary>Temporary credentials</summary>
        <TextField label="Session token" onValue={setSessionToken} type="password" value={sessionToken} />
      </details>
      <Problem refused={problem} />
      <button class="primary" disabled={busy} type="submit">{busy ? "Connecting…" : "Connect"}</button>
    </form>
  )
}
