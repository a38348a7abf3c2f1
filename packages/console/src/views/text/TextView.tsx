/** Encrypts and decrypts text. */
import { useState } from "preact/hooks"
import { Title } from "../../ui/Title.tsx"
import { Decrypt } from "./Decrypt.tsx"
import { Encrypt } from "./Encrypt.tsx"

/** The view. Nothing of it is kept when it is left. */
export const TextView = () => {
  const [ciphertext, setCiphertext] = useState("")
  const [context, setContext] = useState("")
  return (
    <>
      <Title text="Encrypt and decrypt text" />
      <div class="columns">
        <Encrypt
          onEncrypted={(ciphertext, context) => {
            setCiphertext(ciphertext)
            setContext(context)
          }}
        />
        <Decrypt ciphertext={ciphertext} context={context} onCiphertext={setCiphertext} onContext={setContext} />
      </div>
    </>
  )
}
