/** Ciphertext into text. */
import { useState } from "preact/hooks"
import { engine } from "../../state/Engine.ts"
import { fromBase64 } from "../../ui/Base64.ts"
import { Copy } from "../../ui/Copy.tsx"
import { AreaField } from "../../ui/Field.tsx"
import { useAction } from "../../ui/Hooks.ts"
import { pairsOf } from "../../ui/Lines.ts"
import { Problem } from "../../ui/Problem.tsx"

interface DecryptProps {
  readonly ciphertext: string
  readonly onCiphertext: (ciphertext: string) => void
  readonly context: string
  readonly onContext: (context: string) => void
}

interface Decrypted {
  readonly text: string
  readonly key: string
}

const decrypt = async (ciphertext: string, context: string): Promise<Decrypted> => {
  const { KeyId = "", Plaintext = new Uint8Array(0) } = await engine.call("Decrypt", {
    CiphertextBlob: fromBase64(ciphertext),
    EncryptionContext: pairsOf(context)
  })
  return { text: new TextDecoder().decode(Plaintext), key: KeyId }
}

/** The card. The ciphertext says which key it was. */
export const Decrypt = ({ ciphertext, context, onCiphertext, onContext }: DecryptProps) => {
  const [result, setResult] = useState<Decrypted>()
  const { busy, problem, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    setResult(undefined)
    void run(async () => setResult(await decrypt(ciphertext, context)))
  }
  return (
    <form aria-labelledby="decrypt" class="card stack" onSubmit={submit}>
      <h2 id="decrypt">Decrypt</h2>
      <AreaField
        code
        hint="Base64. It says itself which key encrypted it."
        label="Ciphertext"
        onValue={onCiphertext}
        required
        rows={5}
        value={ciphertext}
      />
      <AreaField label="Its encryption context" onValue={onContext} rows={2} value={context} />
      <Problem refused={problem} />
      <div class="row end">
        <button class="primary" disabled={busy} type="submit">Decrypt</button>
      </div>
      {result === undefined ? null : (
        <div class="result">
          <p>
            <strong>Text</strong> <Copy text={result.text} what="text" />
          </p>
          <output>{result.text}</output>
          <p class="hint">
            Decrypted under <code>{result.key}</code>
          </p>
        </div>
      )}
    </form>
  )
}
