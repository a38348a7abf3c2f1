/** Text into ciphertext. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { toBase64 } from "../../ui/Base64.ts"
import { Copy } from "../../ui/Copy.tsx"
import { AreaField } from "../../ui/Field.tsx"
import { useAction } from "../../ui/Hooks.ts"
import { KeyChoice } from "../../ui/KeyChoice.tsx"
import { pairsOf } from "../../ui/Lines.ts"
import { Problem } from "../../ui/Problem.tsx"

interface EncryptProps {
  readonly onEncrypted: (ciphertext: string, context: string) => void
}

/** The card. */
export const Encrypt = ({ onEncrypted }: EncryptProps) => {
  const [keyId, setKeyId] = useState("")
  const [plaintext, setPlaintext] = useState("")
  const [context, setContext] = useState("")
  const [result, setResult] = useState("")
  const { busy, problem, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      const { CiphertextBlob = new Uint8Array(0) } = await engine.call("Encrypt", {
        KeyId: keyId,
        Plaintext: new TextEncoder().encode(plaintext),
        EncryptionContext: pairsOf(context)
      })
      const ciphertext = toBase64(CiphertextBlob)
      setResult(ciphertext)
      onEncrypted(ciphertext, context)
    })
  }
  return (
    <form aria-labelledby="encrypt" class="card stack" onSubmit={submit}>
      <h2 id="encrypt">Encrypt</h2>
      <KeyChoice onValue={setKeyId} value={keyId} />
      <AreaField
        hint="Up to 4,096 bytes. For more, seal a file."
        label="Text"
        onValue={setPlaintext}
        required
        rows={5}
        value={plaintext}
      />
      <AreaField
        hint="Not secret, and bound to the ciphertext: whoever decrypts must give the same. One pair a line: department=pay"
        label="Encryption context"
        onValue={setContext}
        rows={2}
        value={context}
      />
      <Problem refused={problem} />
      <div class="row end">
        <button class="primary" disabled={busy || keyId === ""} type="submit">Encrypt</button>
      </div>
      {result === "" ? null : (
        <div class="result">
          <p>
            <strong>Ciphertext</strong> <Copy text={result} what="ciphertext" />
          </p>
          <output class="code">{result}</output>
        </div>
      )}
    </form>
  )
}
